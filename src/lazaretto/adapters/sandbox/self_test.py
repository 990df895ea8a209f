"""Is the sandbox as tight as it must be, here and now? Asked before anything of a stranger is run."""

import os
import tempfile
from pathlib import Path

from lazaretto.adapters.sandbox.probe import Tools
from lazaretto.adapters.sandbox.session import Order, SandboxError, run_order
from lazaretto.model.behaviour import Action
from lazaretto.model.text import N_

_WANTED = {
    "read": Action.READ,
    "refuse": Action.FORBIDDEN,
    "network": Action.CONNECT,
}
_SCRIPT = """
test "$(ls /proc | grep -c '^[0-9]')" -lt 12 || echo processes
test "$(cat /proc/sys/kernel/hostname)" = dev-laptop || echo name
test -z "$LAZARETTO_PROOF" || echo environment
test ! -e "{outside}" || echo files
unshare -U true 2>/dev/null && echo namespaces
grep -q '^CapEff:.*[1-9a-f]' /proc/self/status && echo capabilities
echo changed > proof; cat "$HOME/.ssh/id_ed25519" >/dev/null
getent hosts proof.invalid >/dev/null || echo names
python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80), 2).close()' 2>/dev/null || echo network
echo done
"""


def self_test(tools: Tools) -> None:
    """Run a harmless script that tries what must not work.

    Raises:
        SandboxError: something works that must not, or is not recorded.
    """
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        outside = folder / "outside"
        outside.touch()
        order = Order(folder, ("/bin/sh", "-c", _SCRIPT.format(outside=outside)), seconds=30)
        told = run_order(order, tools)
        words = told.output.decode("utf-8", "replace").split()
        weak = [word for word in words if word != "done"]
        if os.path.lexists(folder / "proof"):
            weak.append("project")
        seen = {event.action for event in told.record.events}
        weak += [f"record:{word}" for word, action in _WANTED.items() if action not in seen]
    if weak or "done" not in words:
        raise SandboxError(
            N_("the sandbox is weaker here than it must be ({what}); nothing was run"), what=", ".join(weak) or "?"
        )

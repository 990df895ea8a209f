"""Is the sandbox as tight as it must be, here and now? Asked before anything of a stranger is run."""

import contextlib
import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
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


def tested(tools: Tools, environment: Mapping[str, str]) -> None:
    """Run the self-test, unless it held since this machine started, with the same kernel and programs.

    Raises:
        SandboxError: as `self_test`.
    """
    stamp = _stamp(tools, environment)
    if stamp is not None and stamp.is_file():
        return
    self_test(tools)
    if stamp is not None:
        with contextlib.suppress(OSError):
            stamp.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for old in stamp.parent.glob("self-test-*"):
                old.unlink()
            stamp.touch()


def _stamp(tools: Tools, environment: Mapping[str, str]) -> Path | None:
    """Return the file that says that the self-test held; None where nothing can be remembered."""
    cache = environment.get("XDG_CACHE_HOME") or (f"{environment['HOME']}/.cache" if environment.get("HOME") else "")
    try:
        words = [Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"), platform.release(), sys.version]
        for program in (tools.bwrap, tools.ip, tools.nft, *map(str, sorted(Path(__file__).parent.glob("*.py")))):
            info = Path(program).stat()
            words += [program, str(info.st_size), str(info.st_mtime_ns)]
        for name in ("apparmor_restrict_unprivileged_userns", "unprivileged_userns_clone"):
            knob = Path("/proc/sys/kernel", name)
            words.append(knob.read_text(encoding="ascii") if knob.exists() else "")
    except OSError:
        return None
    words.append(str(os.geteuid()))
    name = hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
    return Path(cache, "lazaretto", f"self-test-{name}") if cache.startswith("/") else None

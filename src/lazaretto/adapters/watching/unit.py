"""The systemd unit that keeps a watcher running: for the user, or for the system with the least capabilities.

`CAP_BPF` and `CAP_PERFMON` load the programs in the kernel, `CAP_NET_RAW` reads names that pass by, `CAP_NET_ADMIN` the
process connector, `CAP_SYS_PTRACE` and `CAP_DAC_READ_SEARCH` look at the processes of all users; `CAP_KILL` is there
only when the watcher may answer.
"""

import os
import shlex
from pathlib import Path

_CAPABILITIES = ("CAP_BPF", "CAP_PERFMON", "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH")
_SHARED = """NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
UMask=0077
MemoryMax=256M
TasksMax=16
"""
_SYSTEM = """ProtectSystem=strict
ProtectHome=read-only
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateTmp=no
StateDirectory=lazaretto
ReadWritePaths=/var/lib/lazaretto
"""


def unit(program: tuple[str, ...], *, system: bool, responds: bool = False) -> str:
    """Return the unit's text; `program` is the command line of the watcher, whose words are quoted."""
    command = " ".join(_quoted(word) for word in program)
    lines = [
        "# Written by lazaretto watch install",
        "[Unit]",
        "Description=Lazaretto: what developer tools do on this computer",
        "After=network.target" if system else "After=default.target",
        "",
        "[Service]",
        f"ExecStart={command}",
        "Restart=always",
        "RestartSec=5",
        "Nice=5",
    ]
    body = "\n".join(lines) + "\n" + _SHARED
    if system:
        capabilities = " ".join((*_CAPABILITIES, "CAP_KILL") if responds else _CAPABILITIES)
        body += f"CapabilityBoundingSet={capabilities}\n{_SYSTEM}"
    return f"{body}\n[Install]\nWantedBy={'multi-user.target' if system else 'default.target'}\n"


def place(*, system: bool) -> Path:
    """Return where the unit belongs."""
    if system:
        return Path("/etc/systemd/system/lazaretto-watch.service")
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(config).expanduser() / "systemd" / "user" / "lazaretto-watch.service"


def write(path: Path, text: str) -> None:
    """Write the unit, all or nothing.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def _quoted(word: str) -> str:
    """Quote a word the way systemd reads it: `%` and `$` stand for something there."""
    word = word.replace("%", "%%").replace("$", "$$")
    return shlex.quote(word) if "'" not in word else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'

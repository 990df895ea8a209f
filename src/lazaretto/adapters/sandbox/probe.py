"""What of the sandbox works on this machine, and what to do about the rest. Nothing is run that is not ours."""

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from lazaretto.model.text import N_, Message

PACKAGES = {"bwrap": "bubblewrap", "ip": "iproute2", "nft": "nftables"}
"""Program to the package of Debian and Ubuntu that has it."""
_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of the programs that the sandbox is made of."""

    bwrap: str
    ip: str
    nft: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found."""

    tools: Tools | None
    """None when something is missing."""
    missing: tuple[Message, ...] = ()
    """What is missing and what to do, one sentence each."""


def probe(root: Path = Path("/")) -> Probe:
    """Look for everything that the sandbox needs. `root` is another one in tests."""
    missing: list[Message] = []
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return Probe(None, (Message.of(N_("the sandbox needs Linux on x86-64")),))
    found = {name: shutil.which(name, path=_PATH) for name in PACKAGES}
    packages = " ".join(PACKAGES[name] for name, path in found.items() if path is None)
    if packages:
        missing.append(Message.of(N_("install what is missing: sudo apt install {packages}"), {"packages": packages}))
    elif Path(found["bwrap"] or "").stat().st_mode & 0o4000:
        missing.append(Message.of(N_("bubblewrap is set-user-ID here; the sandbox needs it without: chmod u-s")))
    if _number(root / "proc/sys/user/max_user_namespaces") == 0:
        missing.append(Message.of(N_("user namespaces are off: sudo sysctl -w user.max_user_namespaces=15000")))
    if _number(root / "proc/sys/kernel/unprivileged_userns_clone") == 0:
        missing.append(Message.of(N_("user namespaces are off: sudo sysctl -w kernel.unprivileged_userns_clone=1")))
    if "user_notif" not in _text(root / "proc/sys/kernel/seccomp/actions_avail"):
        missing.append(Message.of(N_("this kernel has no seccomp notification (Linux 5.5 or newer has)")))
    if "overlay" not in _text(root / "proc/filesystems"):
        missing.append(Message.of(N_("this kernel has no overlay file system: sudo modprobe overlay")))
    if missing:
        return Probe(None, tuple(missing))
    return Probe(Tools(found["bwrap"] or "", found["ip"] or "", found["nft"] or ""))


def restricted(root: Path = Path("/")) -> bool:
    """Tell whether AppArmor keeps programs without a profile from user namespaces (Ubuntu 23.10 and newer)."""
    return _number(root / "proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1


def profile(python: str) -> str:
    """Return the AppArmor profile that lets this program and bubblewrap make user namespaces."""
    return (
        "abi <abi/4.0>,\ninclude <tunables/global>\n"
        f'profile lazaretto "{python}" flags=(unconfined) {{\n  userns,\n}}\n'
        "profile lazaretto-bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdecimal() else None

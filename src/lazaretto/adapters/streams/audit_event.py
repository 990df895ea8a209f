"""One event of the Linux audit system, joined from its records, as observations. Shared by `auditd` and `laurel`."""

import ipaddress
import posixpath
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lazaretto.adapters.streams.stream import RUNNING, Lines, Seen, UnreadError, address
from lazaretto.model.host import Kind, Observed

_X86_64, _I386, _ARM64 = "c000003e", "40000003", "c00000b7"
_NUMBERS: Final = {
    _X86_64: {
        59: "execve", 322: "execveat", 2: "open", 257: "openat", 437: "openat2", 85: "creat", 42: "connect", 49: "bind",
        50: "listen", 87: "unlink", 263: "unlinkat", 84: "rmdir", 82: "rename", 264: "renameat", 316: "renameat2",
        86: "link", 265: "linkat", 88: "symlink", 266: "symlinkat", 76: "truncate", 101: "ptrace", 44: "sendto",
        310: "process_vm_readv", 311: "process_vm_writev", 319: "memfd_create", 46: "sendmsg",
    },
    _ARM64: {
        221: "execve", 281: "execveat", 56: "openat", 437: "openat2", 203: "connect", 200: "bind", 201: "listen",
        35: "unlinkat", 38: "renameat", 276: "renameat2", 37: "linkat", 36: "symlinkat", 45: "truncate", 117: "ptrace",
        270: "process_vm_readv", 271: "process_vm_writev", 279: "memfd_create", 206: "sendto", 211: "sendmsg",
    },
    _I386: {
        11: "execve", 358: "execveat", 5: "open", 295: "openat", 437: "openat2", 8: "creat", 362: "connect",
        361: "bind", 363: "listen", 10: "unlink", 301: "unlinkat", 38: "rename", 302: "renameat", 353: "renameat2",
        26: "ptrace", 356: "memfd_create", 347: "process_vm_readv", 348: "process_vm_writev",
    },
}  # fmt: skip
_KINDS: Final = {
    **dict.fromkeys(("execve", "execveat"), Kind.EXEC),
    **dict.fromkeys(("open", "openat", "openat2"), Kind.READ),
    **dict.fromkeys(("creat", "truncate", "rename", "renameat", "renameat2", "link", "linkat"), Kind.WRITE),
    **dict.fromkeys(("symlink", "symlinkat"), Kind.WRITE),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), Kind.DELETE),
    **dict.fromkeys(("connect", "sendto", "sendmsg"), Kind.CONNECT),
    **dict.fromkeys(("bind", "listen"), Kind.LISTEN),
    **dict.fromkeys(("ptrace", "process_vm_readv", "process_vm_writev"), Kind.TRACE),
    "memfd_create": Kind.MEMORY_FILE,
}
_FLAGS: Final = {"open": 1, "openat": 2}
"""Which argument holds the flags; those of `openat2` lie in memory and are not recorded."""
_O_WRITES: Final = 0o1 | 0o2 | 0o100 | 0o1000
_IN_PROGRESS: Final = -115


@dataclass(frozen=True, slots=True)
class Audit:
    """What the records of one event say."""

    at: float
    call: str = ""
    """Name of the system call, where the log is enriched."""
    arch: str = ""
    number: int = -1
    success: str = ""
    code: int = 0
    pid: int = 0
    ppid: int = 0
    uid: int = -1
    user: str = ""
    exe: str = ""
    arguments: tuple[int, ...] = ()
    argv: tuple[str, ...] = ()
    cwd: str = ""
    paths: tuple[tuple[str, str], ...] = ()
    """Name and `nametype` (`NORMAL`, `CREATE`, `DELETE`, `PARENT`) in order."""
    address: str = ""
    parent_path: str = ""
    parent_argv: tuple[str, ...] = ()


def observed(stream: Lines, audit: Audit) -> Iterable[Seen]:
    """Return what the event tells.

    Raises:
        UnreadError: it is of a kind that is watched and lacks its object.
    """
    call = audit.call if audit.call in _KINDS else _NUMBERS.get(audit.arch, {}).get(audit.number, audit.call)
    kind = _KINDS.get(call)
    if kind is None:
        return stream.leave(f"call {call or audit.number}")
    if audit.success == "no" and not (kind is Kind.CONNECT and audit.code == _IN_PROGRESS):
        return stream.leave(f"{call} that failed")
    program = _program(stream, audit, RUNNING if kind is not Kind.EXEC else "")
    if kind is Kind.EXEC:
        return stream.program(program)
    kind, path = _object(kind, call, audit)
    if not path:
        if kind in (Kind.CONNECT, Kind.LISTEN, Kind.MEMORY_FILE):  # sendto on a connected socket, listen, no PATH
            return stream.leave(f"{call} without an address")
        raise UnreadError(f"{call} without its object")
    detail = call if kind is Kind.TRACE else ""
    return stream.by(program, Observed(audit.at, stream.id, kind, audit.pid, uid=audit.uid, path=path, detail=detail))


def _program(stream: Lines, audit: Audit, detail: str) -> Observed:
    return Observed(
        audit.at,
        stream.id,
        Kind.EXEC,
        audit.pid,
        parent=audit.ppid,
        uid=audit.uid,
        path=audit.exe,
        argv=audit.argv,
        cwd=audit.cwd,
        detail=detail,
        parent_path=audit.parent_path,
        parent_argv=audit.parent_argv,
        user=audit.user,
    )


def _object(kind: Kind, call: str, audit: Audit) -> tuple[Kind, str]:
    if kind in (Kind.CONNECT, Kind.LISTEN):
        return kind, audit.address
    if kind is Kind.TRACE:
        other = audit.arguments[1 if call == "ptrace" else 0] if len(audit.arguments) > 1 else 0
        return kind, f"pid:{other}" if 0 < other < 1 << 22 else ""
    named = [(name, what) for name, what in audit.paths if name and what != "PARENT"]
    wanted = {Kind.DELETE: "DELETE", Kind.WRITE: "CREATE"}.get(kind, "")
    name = next((name for name, what in named if what == wanted), named[-1][0] if named else "")
    if kind is Kind.READ:
        at = _FLAGS.get(call)
        flags = audit.arguments[at] if at is not None and at < len(audit.arguments) else 0
        created = any(what == "CREATE" for _, what in named)
        kind = Kind.WRITE if flags & _O_WRITES or created else Kind.READ
    return kind, posixpath.normpath(posixpath.join(audit.cwd, name)) if name else ""


def peer(saddr: str) -> str:
    """Return the address that a `saddr` spells (hexadecimal of a `sockaddr`), or nothing."""
    try:
        data = bytes.fromhex(saddr[:400])
    except ValueError:
        return ""
    if len(data) < 2:
        return ""
    family = struct.unpack_from("<H", data)[0]
    if family == 2 and len(data) >= 8:
        return address(str(ipaddress.IPv4Address(data[4:8])), int.from_bytes(data[2:4], "big"))
    if family == 10 and len(data) >= 24:
        return address(str(ipaddress.IPv6Address(data[8:24])), int.from_bytes(data[2:4], "big"))
    if family == 1:
        name = data[2:]
        abstract = name.startswith(b"\0")
        plain = name[1:] if abstract else name
        found = plain.split(b"\0", 1)[0].decode("utf-8", "replace")
        return f"unix:{'@' if abstract else ''}{found}" if found else ""
    return ""

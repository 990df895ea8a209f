"""The two seccomp filters: what is refused outright, and what the recorder is asked about. Linux on x86-64.

Calls of foreign ABIs (i386 by `int 0x80`, x32) end the process. A filter's verdicts combine by the strictest, so what
the recorder should hear of may not be refused by the first filter; it refuses those calls itself.
"""

from collections.abc import Sequence

from lazaretto.adapters.sandbox.kernel import CLONE_NEWUSER, instructions

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_X86_64 = 0xC000003E
_X32 = 0x40000000
_KILL, _ERRNO, _NOTIFY, _ALLOW = 0x80000000, 0x00050000, 0x7FC00000, 0x7FFF0000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97

OPEN, CREAT, OPENAT, OPENAT2 = 2, 85, 257, 437
EXECVE, EXECVEAT, EXIT_GROUP = 59, 322, 231
CONNECT, BIND, SENDTO, SENDMSG, SENDMMSG = 42, 49, 44, 46, 307
UNLINK, UNLINKAT, RENAME, RENAMEAT, RENAMEAT2 = 87, 263, 82, 264, 316
LINK, LINKAT, SYMLINK, SYMLINKAT = 86, 265, 88, 266
CHMOD, FCHMODAT, MKNOD, MKNODAT, TRUNCATE = 90, 268, 133, 259, 76
MEMFD_CREATE = 319
CLONE, SOCKET, IOCTL = 56, 41, 16

RECORDED = (
    *(OPENAT, OPEN, CREAT, OPENAT2, EXECVE, EXECVEAT, EXIT_GROUP, CONNECT, BIND, SENDMSG, SENDMMSG),
    *(UNLINK, UNLINKAT, RENAME, RENAMEAT, RENAMEAT2, LINK, LINKAT, SYMLINK, SYMLINKAT),
    *(CHMOD, FCHMODAT, MKNOD, MKNODAT, TRUNCATE, MEMFD_CREATE),
)
"""Calls that the recorder looks at and lets go on."""

FORBIDDEN = {
    101: "ptrace", 310: "process_vm_readv", 311: "process_vm_writev", 438: "pidfd_getfd", 312: "kcmp",
    165: "mount", 166: "umount2", 155: "pivot_root", 161: "chroot", 428: "open_tree", 429: "move_mount",
    430: "fsopen", 442: "mount_setattr", 272: "unshare", 308: "setns", CLONE: "clone",
    321: "bpf", 298: "perf_event_open", 323: "userfaultfd",
    425: "io_uring_setup", 426: "io_uring_enter", 427: "io_uring_register",
    248: "add_key", 249: "request_key", 250: "keyctl", 304: "open_by_handle_at",
    175: "init_module", 313: "finit_module", 246: "kexec_load", 169: "reboot",
    29: "shmget", 30: "shmat", 64: "semget", 68: "msgget", 240: "mq_open", 241: "mq_unlink",
    164: "settimeofday", 227: "clock_settime", 159: "adjtimex", 305: "clock_adjtime",
}  # fmt: skip
"""Calls that the recorder notes and refuses. `clone` only when it asks for a user namespace."""

_SILENT = {
    31: "shmctl", 65: "semop", 66: "semctl", 69: "msgsnd", 70: "msgrcv", 71: "msgctl", 220: "semtimedop",
    242: "mq_timedsend", 243: "mq_timedreceive",
}  # fmt: skip
"""What is of no use without one that is noted."""
_CLONE3 = 435
_TERMINAL = {0x5412: "TIOCSTI", 0x541C: "TIOCLINUX"}
_FAMILIES = (1, 2, 10)
"""Unix, IPv4 and IPv6; of netlink only the routing protocol, which listing one's own interfaces needs."""
_NETLINK, _RAW = 16, 3
_NAMES = {
    3: "ax25", 4: "ipx", 5: "appletalk", 15: "key", 16: "netlink", 17: "packet", 29: "can", 31: "bluetooth", 38: "alg",
    40: "vsock", 44: "xdp",
}  # fmt: skip

_Code = list[tuple[int, int, int, int]]


def _argument(index: int) -> int:
    return 16 + 8 * index  # the low half: little-endian


def _head() -> _Code:
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _X86_64),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
    ]


def _when(number: int, body: _Code) -> _Code:
    """`body` is run for this call; it must end in a return, or load the number again."""
    return [(_EQUAL, 0, len(body), number), *body]


def deny() -> bytes:
    """The filter that bubblewrap installs before it starts the command."""
    refused = (_RETURN, 0, 0, _ERRNO | _EPERM)
    allowed = (_RETURN, 0, 0, _ALLOW)
    code = _head()
    for number in _SILENT:
        code += _when(number, [refused])
    code += _when(_CLONE3, [(_RETURN, 0, 0, _ERRNO | _ENOSYS)])
    return instructions([*code, allowed])


def record() -> bytes:
    """The filter whose listener the recorder serves."""
    ask = (_RETURN, 0, 0, _NOTIFY)
    allowed = (_RETURN, 0, 0, _ALLOW)
    code = _head()
    code += _when(CLONE, [(_LOAD, 0, 0, _argument(0)), (_ANY_BIT, 0, 1, CLONE_NEWUSER), ask, allowed])
    code += _when(SENDTO, [(_LOAD, 0, 0, _argument(4)), (_EQUAL, 0, 1, 0), allowed, ask])
    asked: _Code = [(_LOAD, 0, 0, _argument(1))]
    for number in _TERMINAL:
        asked += [(_EQUAL, 0, 1, number), ask]
    code += _when(IOCTL, [*asked, allowed])
    code += _when(SOCKET, _sockets(ask, allowed))
    for number in (*RECORDED, *FORBIDDEN):
        if number != CLONE:
            code += _when(number, [ask])
    return instructions([*code, allowed])


def _sockets(ask: tuple[int, int, int, int], allowed: tuple[int, int, int, int]) -> _Code:
    """Ask about raw sockets and about families beyond the ordinary ones."""
    code: _Code = [
        (_LOAD, 0, 0, _argument(1)),
        (_AND, 0, 0, 0xF),
        (_EQUAL, 0, 1, _RAW),
        ask,
        (_LOAD, 0, 0, _argument(0)),
    ]
    for family in _FAMILIES:
        code += [(_EQUAL, 0, 1, family), allowed]
    return [*code, ask]


def name(number: int, args: Sequence[int]) -> str:
    """Return what a call that is not only recorded asks for: `ptrace`, `socket packet`; empty for an ordinary one."""
    if number == IOCTL:
        return _TERMINAL.get(args[1] & 0xFFFFFFFF, "")
    if number == SOCKET:
        family, kind, protocol = (value & 0xFFFFFFFF for value in args[:3])
        if family == _NETLINK and protocol == 0:
            return ""
        if family in _FAMILIES:
            return "socket raw" if kind & 0xF == _RAW else ""
        return f"socket {_NAMES.get(family, family)}"
    return FORBIDDEN.get(number, "")


def refusal(number: int, args: Sequence[int]) -> int:
    """Return the error that a call is refused with; 0 = it may go on."""
    if number == SOCKET:
        family, protocol = args[0] & 0xFFFFFFFF, args[2] & 0xFFFFFFFF
        ordinary = family in _FAMILIES or (family == _NETLINK and protocol == 0)
        return 0 if ordinary else _EAFNOSUPPORT
    return _EPERM if name(number, args) else 0

"""The two seccomp filters: what is refused outright, and what the recorder is asked about. Linux on x86-64.

Calls of foreign ABIs (i386 by `int 0x80`, x32) end the process. A filter's verdicts combine by the strictest, so what
the recorder should hear of may not be refused by the first filter; it refuses those calls itself.
"""

from lazaretto.adapters.sandbox.kernel import CLONE_NEWUSER, instructions

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_X86_64 = 0xC000003E
_X32 = 0x40000000
_KILL, _ERRNO, _NOTIFY, _ALLOW = 0x80000000, 0x00050000, 0x7FC00000, 0x7FFF0000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97

OPEN, CREAT, OPENAT, OPENAT2 = 2, 85, 257, 437
EXECVE, EXECVEAT = 59, 322
CONNECT, BIND, SENDTO = 42, 49, 44
UNLINK, UNLINKAT, RENAME, RENAMEAT, RENAMEAT2 = 87, 263, 82, 264, 316
LINK, LINKAT, SYMLINK, SYMLINKAT = 86, 265, 88, 266
MEMFD_CREATE = 319
CLONE = 56

RECORDED = (
    *(OPEN, CREAT, OPENAT, OPENAT2, EXECVE, EXECVEAT, CONNECT, BIND, UNLINK, UNLINKAT, RENAME, RENAMEAT, RENAMEAT2),
    *(LINK, LINKAT, SYMLINK, SYMLINKAT, MEMFD_CREATE),
)
"""Calls that the recorder looks at and lets go on."""

FORBIDDEN = {
    101: "ptrace", 310: "process_vm_readv", 311: "process_vm_writev", 438: "pidfd_getfd",
    165: "mount", 166: "umount2", 155: "pivot_root", 161: "chroot", 428: "open_tree", 429: "move_mount",
    430: "fsopen", 442: "mount_setattr", 272: "unshare", 308: "setns", CLONE: "clone",
    321: "bpf", 298: "perf_event_open", 323: "userfaultfd",
    425: "io_uring_setup", 426: "io_uring_enter", 427: "io_uring_register",
    248: "add_key", 249: "request_key", 250: "keyctl", 304: "open_by_handle_at",
    175: "init_module", 313: "finit_module", 246: "kexec_load", 169: "reboot",
}  # fmt: skip
"""Calls that the recorder notes and refuses. `clone` only when it asks for a user namespace."""

_SILENT = {
    29: "shmget", 30: "shmat", 31: "shmctl", 64: "semget", 65: "semop", 66: "semctl", 68: "msgget", 69: "msgsnd",
    70: "msgrcv", 71: "msgctl", 240: "mq_open", 241: "mq_unlink", 164: "settimeofday", 227: "clock_settime",
    159: "adjtimex", 305: "clock_adjtime",
}  # fmt: skip
_CLONE3, _IOCTL, _SOCKET = 435, 16, 41
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10)
"""Unix, IPv4 and IPv6; of netlink only the routing protocol, which listing one's own interfaces needs."""
_NETLINK = 16

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
    code += _when(
        _IOCTL,
        [(_LOAD, 0, 0, _argument(1)), (_EQUAL, 1, 0, _TIOCSTI), (_EQUAL, 0, 1, _TIOCLINUX), refused, allowed],
    )
    families: _Code = [(_LOAD, 0, 0, _argument(0))]
    for family in _FAMILIES:
        families += [(_EQUAL, 0, 1, family), allowed]
    families += [
        (_EQUAL, 0, 3, _NETLINK),
        (_LOAD, 0, 0, _argument(2)),
        (_EQUAL, 0, 1, 0),
        allowed,
        (_RETURN, 0, 0, _ERRNO | _EAFNOSUPPORT),
    ]
    code += _when(_SOCKET, families)
    return instructions([*code, allowed])


def record() -> bytes:
    """The filter whose listener the recorder serves."""
    ask = (_RETURN, 0, 0, _NOTIFY)
    allowed = (_RETURN, 0, 0, _ALLOW)
    code = _head()
    code += _when(CLONE, [(_LOAD, 0, 0, _argument(0)), (_ANY_BIT, 0, 1, CLONE_NEWUSER), ask, allowed])
    code += _when(SENDTO, [(_LOAD, 0, 0, _argument(4)), (_EQUAL, 0, 1, 0), allowed, ask])
    for number in (*RECORDED, *FORBIDDEN):
        if number != CLONE:
            code += _when(number, [ask])
    return instructions([*code, allowed])

"""System calls that Python has no function for, by ctypes. Linux on x86-64 only.

Numbers and structures: `linux/seccomp.h`, `linux/filter.h`, `linux/prctl.h`, `asm/unistd_64.h`.
"""

import ctypes
import fcntl
import os
import select
import struct
from collections.abc import Sequence

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

_SYS_SECCOMP = 317
_SET_MODE_FILTER = 1
_NEW_LISTENER = 1 << 3
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
"""id, thread, flags, call number, architecture, instruction pointer, six arguments (80 bytes)."""
_ANSWER = struct.Struct("=QqiI")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def unshare(flags: int) -> None:
    """Leave namespaces. Raises OSError when the kernel refuses."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    """Mount something. Raises OSError."""
    _checked(_libc.mount(os.fsencode(source), os.fsencode(target), kind.encode(), flags, os.fsencode(data)), target)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process. Raises OSError."""
    _checked(_libc.prctl(option, value, 0, 0, 0), "prctl")


def install_filter(program: bytes) -> int:
    """Install a seccomp filter (array of `sock_filter`) with a listener, for this thread, and return the listener."""
    code = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(code))
    return _checked(_libc.syscall(_SYS_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(header)), "seccomp")


class Call:
    """One system call that waits for an answer."""

    __slots__ = ("args", "id", "number", "thread")

    def __init__(self, raw: bytes | bytearray) -> None:
        """`raw`: one `struct seccomp_notif`."""
        self.id, self.thread, _, self.number, _, _, *self.args = _NOTIFICATION.unpack(raw)


class Listener:
    """The other end of a filter with a listener."""

    def __init__(self, fd: int) -> None:
        """`fd`: from `install_filter`, owned by this object."""
        self._ioctl = fcntl.ioctl
        self.fd = fd
        self._buffer = bytearray(_NOTIFICATION.size)
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)

    def close(self) -> None:
        """Give the descriptor back. Whoever still calls gets `ENOSYS`."""
        os.close(self.fd)

    def wait(self) -> bool:
        """Wait until there is a call; False when there is nobody left who could make one."""
        ready = self._poll.poll()
        return bool(ready and ready[0][1] & select.POLLIN)

    def receive(self) -> Call:
        """Wait for a call. Raises OSError (ENOENT: the caller died meanwhile)."""
        self._buffer[:] = bytes(_NOTIFICATION.size)
        self._ioctl(self.fd, _RECEIVE, self._buffer)
        return Call(self._buffer)

    def allow(self, call: Call) -> None:
        """Let the kernel go on with it. Raises OSError (ENOENT: the caller died meanwhile)."""
        self._ioctl(self.fd, _SEND, bytearray(_ANSWER.pack(call.id, 0, 0, _CONTINUE)))

    def refuse(self, call: Call, error: int) -> None:
        """Let it fail with this errno. Raises OSError."""
        self._ioctl(self.fd, _SEND, bytearray(_ANSWER.pack(call.id, 0, -error, 0)))


def peek(pid: int, address: int, size: int) -> bytes:
    """Read another process's memory, up to the end of what is mapped. Raises OSError when nothing can be read."""
    local = ctypes.create_string_buffer(size)
    mine = _Vector(ctypes.addressof(local), size)
    theirs = _Vector(address, size)
    got = _libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    return local.raw[: _checked(got, "process_vm_readv")]


def text(pid: int, address: int, limit: int = 4096) -> str:
    """Read a C string, page by page: the next page may not be mapped. Raises OSError."""
    found = b""
    while len(found) < limit:
        here = address + len(found)
        part = peek(pid, here, min(limit - len(found), 4096 - here % 4096))
        end = part.find(b"\0")
        if end >= 0:
            return os.fsdecode(found + part[:end])
        found += part
    return os.fsdecode(found)


def texts(pid: int, address: int, limit: int = 256, size: int = 1024) -> tuple[str, ...]:
    """Read a vector of C strings, at most `limit` of at most `size` bytes. Raises OSError."""
    found = []
    for index in range(limit):
        (pointer,) = struct.unpack("=Q", peek(pid, address + 8 * index, 8))
        if not pointer:
            break
        found.append(text(pid, pointer, size))
    return tuple(found)


def instructions(code: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Pack classic BPF instructions: code, jump if true, jump if false, constant."""
    return b"".join(struct.pack("=HBBI", *one) for one in code)

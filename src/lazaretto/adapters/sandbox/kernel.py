"""System calls that Python has no function for, by ctypes. Linux on x86-64 only.

Numbers and structures: `linux/seccomp.h`, `linux/filter.h`, `linux/prctl.h`, `asm/unistd_64.h`.
"""

import contextlib
import ctypes
import fcntl
import os
import queue
import struct
import threading
from collections.abc import Callable, Sequence

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

_SYS_SECCOMP = 317
_SYS_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH, _RESOLVE_IN_ROOT = 0x02, 0x04, 0x08, 0x10
_SET_MODE_FILTER = 1
_NEW_LISTENER = 1 << 3
_RECEIVE, _SEND, _SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082104
_SYNC_WAKE_UP = 1
_CONTINUE = 1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


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


def filtered(program: bytes, hand_over: Callable[[int], None]) -> None:
    """Install a filter with a listener for this thread, and hand the listener over from another one.

    Handing it over may take calls that wait for whoever gets it; `hand_over` owns it. Raises OSError.
    """
    ready: queue.SimpleQueue[int] = queue.SimpleQueue()
    failed: list[OSError] = []

    def work() -> None:
        fd = ready.get()
        try:
            if fd >= 0:
                hand_over(fd)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    listener = -1
    try:
        listener = install_filter(program)
    finally:
        ready.put(listener)
        thread.join()
    if failed:
        raise failed[0]


def open_in_root(root: int, path: str, flags: int) -> int:
    """Open a path whose links cannot lead out of a folder (`openat2`, Linux 5.6). Raises OSError."""
    return _opened(root, path, flags, _RESOLVE_IN_ROOT | _RESOLVE_NO_MAGICLINKS)


def open_beneath(root: int, path: str, flags: int) -> int:
    """Open a path below a folder that has no link in it. Raises OSError."""
    return _opened(root, path, flags, _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS)


def _opened(root: int, path: str, flags: int, resolve: int) -> int:
    how = struct.pack("=QQQ", flags, 0, resolve)
    block = ctypes.create_string_buffer(how, len(how))
    return _checked(_libc.syscall(_SYS_OPENAT2, root, os.fsencode(path), block, ctypes.c_size_t(len(how))), path)


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
        with contextlib.suppress(OSError):  # Linux 6.6: caller and answerer take turns on one processor
            fcntl.ioctl(fd, _SET_FLAGS, _SYNC_WAKE_UP)

    def close(self) -> None:
        """Give the descriptor back. Whoever still calls gets `ENOSYS`."""
        os.close(self.fd)

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


def instructions(code: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Pack classic BPF instructions: code, jump if true, jump if false, constant."""
    return b"".join(struct.pack("=HBBI", *one) for one in code)

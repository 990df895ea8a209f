"""Show a folder with its owner's files as another user's, without changing any: an idmapped mount (Linux 5.12).

For a sandbox that root starts: inside it is nobody, who may then work on what root owns, in the overlay.
Source: mount_setattr(2), open_tree(2), move_mount(2); `linux/mount.h`.
"""

import ctypes
import os
import struct
from pathlib import Path

from lazaretto.adapters.sandbox.kernel import CLONE_NEWUSER, unshare

_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_CLONE, _CLOEXEC, _EMPTY_PATH, _FROM_EMPTY = 1, os.O_CLOEXEC, 0x1000, 4
_IDMAP = 0x00100000
_AT_FDCWD = -100
_libc = ctypes.CDLL(None, use_errno=True)


def show(fd: int, target: str, user: int) -> None:
    """Mount the folder `fd` at `target`; what its owner (and group) has there is `user`'s.

    Raises:
        OSError: the kernel or the file system cannot.
    """
    info = Path(f"/proc/self/fd/{fd}").stat()
    tree = _checked(_libc.syscall(_OPEN_TREE, fd, b"", _CLONE | _CLOEXEC | _EMPTY_PATH))
    try:
        space = _namespace(info.st_uid, info.st_gid, user)
        try:
            attributes = struct.pack("=QQQQ", _IDMAP, 0, 0, space)
            _checked(_libc.syscall(_MOUNT_SETATTR, tree, b"", _EMPTY_PATH, attributes, len(attributes)))
        finally:
            os.close(space)
        _checked(_libc.syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, os.fsencode(target), _FROM_EMPTY))
    finally:
        os.close(tree)


def _namespace(uid: int, gid: int, user: int) -> int:
    """Return a user namespace that maps one user and group."""
    ready, go = os.pipe()
    done, end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(end)
            unshare(CLONE_NEWUSER)
            os.write(go, b".")
            os.read(done, 1)
        finally:
            os._exit(0)
    os.close(go)
    os.close(done)
    try:
        if os.read(ready, 1) != b".":
            raise OSError("no user namespace")
        Path(f"/proc/{pid}/uid_map").write_text(f"{uid} {user} 1", encoding="ascii")
        Path(f"/proc/{pid}/gid_map").write_text(f"{gid} {user} 1", encoding="ascii")
        return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(end)
        os.waitpid(pid, 0)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result

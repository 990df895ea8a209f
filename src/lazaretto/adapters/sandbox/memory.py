"""Another process's memory, by `process_vm_readv`. Linux only; every address and text is the other's word."""

import ctypes
import os
import struct

_PAGE = 4096
_FIRST = 256
_MOST_VECTORS = 512

_libc = ctypes.CDLL(None, use_errno=True)


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


_readv = _libc.process_vm_readv
_readv.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
_readv.restype = ctypes.c_ssize_t


class Reader:
    """Reads with buffers of its own, which are used again: of one thread only."""

    def __init__(self) -> None:
        self._size = _PAGE * 16
        self._local = ctypes.create_string_buffer(self._size)
        self._mine = _Vector(ctypes.addressof(self._local), self._size)
        self._theirs = _Vector(0, 0)
        self._mine_at = ctypes.addressof(self._mine)
        self._theirs_at = ctypes.addressof(self._theirs)
        self._raw = memoryview(self._local).cast("B")
        self._many = (_Vector * _MOST_VECTORS)()
        self._block = ctypes.create_string_buffer(_MOST_VECTORS * _FIRST)
        self._whole = _Vector(ctypes.addressof(self._block), _MOST_VECTORS * _FIRST)

    def peek(self, pid: int, address: int, size: int) -> bytes:
        """Read up to `size` bytes, fewer when the next page is not there. Raises OSError when nothing can be read."""
        size = min(size, self._size)
        self._mine.length = self._theirs.length = size
        self._theirs.base = address
        got = _readv(pid, self._mine_at, 1, self._theirs_at, 1, 0)
        if got < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), "process_vm_readv")
        return self._raw[:got].tobytes()

    def text(self, pid: int, address: int, limit: int = 4096) -> str:
        """Read a C string of at most `limit` bytes; the next page may not be there. Raises OSError."""
        found = b""
        step = _FIRST
        while len(found) < limit:
            here = address + len(found)
            part = self.peek(pid, here, min(limit - len(found), step, _PAGE - here % _PAGE))
            end = part.find(b"\0")
            if end >= 0:
                return os.fsdecode(found + part[:end])
            found += part
            step = _PAGE
        return os.fsdecode(found)

    def texts(self, pid: int, address: int, most: int = 256, size: int = 1024) -> tuple[str, ...]:
        """Read a vector of C strings, at most `most` of at most `size` bytes each, in few calls. Raises OSError."""
        pointers = self._pointers(pid, address, min(most, _MOST_VECTORS))
        if not pointers:
            return ()
        for at, pointer in enumerate(pointers):
            self._many[at].base = pointer
            self._many[at].length = min(_FIRST, _PAGE - pointer % _PAGE)
        got = _readv(pid, ctypes.addressof(self._whole), 1, ctypes.addressof(self._many), len(pointers), 0)
        block = self._block.raw[: max(got, 0)]
        found, start = [], 0
        for at, pointer in enumerate(pointers):
            length = self._many[at].length
            end = block.find(b"\0", start, start + length)
            if end >= 0:
                found.append(os.fsdecode(block[start : min(end, start + size)]))
            else:
                found.append(self.text(pid, pointer, size))
            start += length
        return tuple(found)

    def _pointers(self, pid: int, address: int, most: int) -> list[int]:
        found: list[int] = []
        if not address:
            return found
        while len(found) < most:
            here = address + 8 * len(found)
            raw = self.peek(pid, here, min(8 * (most - len(found)), _PAGE - here % _PAGE or _PAGE))
            values = struct.unpack(f"={len(raw) // 8}Q", raw[: len(raw) // 8 * 8])
            if not values:
                break
            if 0 in values:
                return found + list(values[: values.index(0)])
            found += values
        return found

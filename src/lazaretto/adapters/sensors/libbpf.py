"""The few calls of libbpf (version 1) that load an object and attach its programs; and its ring buffer, read directly.

https://docs.kernel.org/bpf/ringbuf.html: one page with the consumer's position, one with the producer's, then the data,
mapped twice in a row so that no record is cut. A record is a length (with a busy and a discard bit), a page number, and
bytes, rounded up to eight.
"""

import ctypes
import mmap
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

_PAGE = mmap.PAGESIZE
_BUSY, _DISCARD = 1 << 31, 1 << 30
_CHUNK = 1 << 20


class BpfError(OSError):
    """An object is refused. The text says by whom and why."""


class Object:
    """A loaded object with its programs attached."""

    def __init__(self, path: Path) -> None:
        """Load.

        Raises:
            BpfError: no libbpf, or the kernel refuses.
        """
        try:
            self._lib = ctypes.CDLL("libbpf.so.1", use_errno=True)
        except OSError as error:
            raise BpfError(0, "libbpf.so.1 is not installed") from error
        lib = self._lib
        for name in ("bpf_object__open_mem", "bpf_object__next_program", "bpf_program__attach"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.libbpf_get_error.restype = ctypes.c_long
        lib.libbpf_get_error.argtypes = (ctypes.c_void_p,)
        lib.bpf_object__open_mem.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p)
        lib.bpf_object__next_program.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        for name in ("bpf_object__load", "bpf_program__attach", "bpf_object__close", "bpf_link__destroy"):
            getattr(lib, name).argtypes = (ctypes.c_void_p,)
        lib.bpf_object__find_map_fd_by_name.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
        lib.libbpf_set_print.argtypes = (ctypes.c_void_p,)
        lib.libbpf_set_print(None)
        image = path.read_bytes()
        self._links: list[int] = []
        self._object = lib.bpf_object__open_mem(image, len(image), None)
        self._must(self._object, "open")
        code = lib.bpf_object__load(self._object)
        if code:
            lib.bpf_object__close(self._object)
            raise BpfError(-code, os.strerror(-code))

    def attach(self) -> None:
        """Attach all programs.

        Raises:
            BpfError: one is refused.
        """
        program = None
        while program := self._lib.bpf_object__next_program(self._object, program):
            link = self._lib.bpf_program__attach(program)
            self._must(link, "attach")
            self._links.append(link)

    def map(self, name: str) -> int:
        """Return the descriptor of a map.

        Raises:
            BpfError: there is none.
        """
        handle = self._lib.bpf_object__find_map_fd_by_name(self._object, name.encode())
        if handle < 0:
            raise BpfError(-handle, os.strerror(-handle))
        return int(handle)

    def put(self, name: str, entries: Mapping[bytes, bytes]) -> None:
        """Write entries into a hash map; what does not fit any more is left out."""
        handle = self.map(name)
        for key, value in entries.items():
            self._lib.bpf_map_update_elem(handle, key, value, ctypes.c_uint64(0))

    def per_cpu(self, name: str, key: int, cpus: int) -> int:
        """Return the sum of a counter over all processors."""
        values = (ctypes.c_uint64 * cpus)()
        number = ctypes.c_uint32(key)
        self._lib.bpf_map_lookup_elem(self.map(name), ctypes.byref(number), values)
        return sum(values)

    def close(self) -> None:
        """Detach and unload."""
        for link in self._links:
            self._lib.bpf_link__destroy(link)
        self._links.clear()
        self._lib.bpf_object__close(self._object)

    def _must(self, pointer: int | None, what: str) -> None:
        code = self._lib.libbpf_get_error(pointer)
        if code or not pointer:
            number = -code or ctypes.get_errno()
            raise BpfError(number, f"{what}: {os.strerror(number)}")


class Ring:
    """The reading end of a ring buffer."""

    def __init__(self, handle: int, size: int) -> None:
        """`size` is the map's number of bytes."""
        self.handle = handle
        self._mask = size - 1
        self._mine = mmap.mmap(handle, _PAGE, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._theirs = mmap.mmap(handle, _PAGE + 2 * size, mmap.MAP_SHARED, mmap.PROT_READ, offset=_PAGE)
        # Positions are read and written as one word each: the kernel must never see half of one.
        self._at = memoryview(self._mine)[:8].cast("Q")
        self._end = memoryview(self._theirs)[:8].cast("Q")

    def read(self) -> Iterator[bytes]:
        """Yield the records that are there, at most about a megabyte of them."""
        at, end = self._at[0], self._end[0]
        if at == end:
            return
        start = _PAGE + (at & self._mask)
        data = self._theirs[start : start + min(end - at, _CHUNK)]
        place, size = 0, len(data)
        while place + 8 <= size:
            (word,) = struct.unpack_from("=I", data, place)
            length = word & ~(_BUSY | _DISCARD)
            after = place + (length + 8 + 7 & ~7)
            if word & _BUSY or after > size:
                break
            if not word & _DISCARD:
                yield data[place + 8 : place + 8 + length]
            place = after
        self._at[0] = at + place

    @property
    def filled(self) -> float:
        """How full it is, from 0 to 1."""
        return float(self._end[0] - self._at[0]) / (self._mask + 1)

    def close(self) -> None:
        """Unmap."""
        self._at.release()
        self._end.release()
        self._mine.close()
        self._theirs.close()

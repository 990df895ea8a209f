"""The C library's heap in a server that reads large documents in threads: give memory back instead of keeping it.

glibc makes an arena for each thread and raises the size from which blocks are mapped on their own, so what was read
once stays resident. Two arenas and a fixed threshold keep a gate's memory at what it holds (mallopt(3)).
"""

import ctypes
import sys

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
ARENAS = 2
MAPPED = 256 << 10
"""Bytes from which a block is mapped on its own, and goes back to the system when it is freed."""


def settle() -> bool:
    """Set the heap's limits for this process; false where the C library has none."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    given = ((_ARENA_MAX, ARENAS), (_MMAP_THRESHOLD, MAPPED), (_TRIM_THRESHOLD, MAPPED))
    return [mallopt(what, value) for what, value in given] == [1] * len(given)

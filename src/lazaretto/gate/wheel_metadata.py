"""A wheel's metadata without the wheel: the few ranges of the archive that hold it.

    parts = Parts(size)
    while (data := metadata_in(parts, "foo-1.0-py3-none-any.whl")) is None:
        parts.put(*await fetch(*parts.missing))

Many indexes keep no metadata beside their wheels (PEP 658). Resolvers then read ranges of the wheels themselves, of
many versions, and a gate that examines a file before it gives a byte of it would examine them all for nothing.
So the gate offers the metadata of every wheel (`core-metadata: true`, PEP 714) and takes it out of the archive itself.
It is text for a resolver: nothing of it runs, and the file is examined when it is asked for.

`zipfile` does the reading; a range that it needs and that is not here is `Parts.missing`.
"""

import io
import re
import zipfile
import zlib
from pathlib import Path

from lazaretto.ecosystems.pypi import normalize

TAIL = 64 << 10
"""Bytes of the end that are fetched first: the directory of most wheels and, by convention, what lies before it."""
_AHEAD = 16 << 10
"""Bytes that are fetched beyond the ones that are wanted at once."""
_MOST = 32 << 20
"""Bytes in all."""
_DIRECTORY = re.compile(r"[^/]{1,300}\.dist-info/METADATA")


class WheelMetadataError(Exception):
    """The archive has no metadata that can be read this way."""


class _MissingError(Exception):
    """A range that is not here yet."""


class Parts(io.RawIOBase):
    """A file of which some ranges are here."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of the whole file."""
        super().__init__()
        self.size = size
        self.missing = (max(0, size - TAIL), size)
        """The range (first byte, byte after the last) to be fetched next."""
        self._parts: list[tuple[int, bytes]] = []
        self._place = 0
        self._here = 0

    def put(self, start: int, data: bytes) -> None:
        """Add a range.

        Raises:
            WheelMetadataError: more than 32 MiB in all.
        """
        self._here += len(data)
        if self._here > _MOST or not data:
            raise WheelMetadataError("its metadata lies too far apart")
        self._parts.append((start, data))

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be sought in."""
        return True

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if place < 0:
            raise OSError("before the beginning")
        self._place = place
        return place

    def read(self, size: int = -1) -> bytes:
        """Return bytes from the place on; what is not here is asked for."""
        start = min(self._place, self.size)
        end = self.size if size < 0 else min(self.size, start + size)
        if start == end:
            return b""
        for first, data in self._parts:
            if first <= start and end <= first + len(data):
                self._place = end
                return data[start - first : end - first]
        self.missing = (start, min(self.size, max(end, start + _AHEAD)))
        raise _MissingError


def metadata_in(wheel: Parts | Path, filename: str, limit: int = 4 << 20) -> bytes | None:
    """Return the metadata of a wheel, whole or in parts (None: `wheel.missing` is needed).

    Raises:
        WheelMetadataError: no archive, no metadata of this project, or too large.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            return _read(archive, filename, limit)
    except _MissingError:
        return None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise WheelMetadataError(f"the archive cannot be read ({type(error).__name__})") from error


def _read(archive: zipfile.ZipFile, filename: str, limit: int) -> bytes:
    """Return `*.dist-info/METADATA` (the binary distribution format). Raises what `zipfile` raises, too."""
    project = normalize(filename.partition("-")[0])
    found = [
        one
        for one in archive.infolist()
        if _DIRECTORY.fullmatch(one.filename) and normalize(one.filename.partition("-")[0]) == project
    ]
    if len(found) != 1:
        raise WheelMetadataError("it holds no metadata of this project" if not found else "it holds metadata twice")
    if found[0].file_size > limit or found[0].compress_size > limit:
        raise WheelMetadataError("its metadata is too large")
    with archive.open(found[0]) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise WheelMetadataError("its metadata is too large")
    return data

"""Rule files of folders on this disk, bounded: no links to folders followed, nothing but regular files opened.

What is left out is told in `skipped`, by name where a name helps and as one line where it is a bound.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from lazaretto.detect.sigma.document import FILE_BYTES

SUFFIXES: Final = (".yml", ".yaml")
MOST_FILES: Final = 20_000
MOST_BYTES: Final = 96 << 20
MOST_ENTRIES: Final = 500_000
"""Names looked at, whatever they are."""
DEEPEST: Final = 40
SECONDS: Final = 60.0


def rule_files(
    folder: Path, skipped: Callable[[str, str], None], *, clock: Callable[[], float] = time.monotonic
) -> Iterator[tuple[str, bytes]]:
    """Yield relative name and content of each rule file, in the order of the names.

    Args:
        folder: a folder, or one rule file.
        skipped: told the name of what is not read, and why.
        clock: seconds; after `SECONDS` of it no further file is opened.

    Raises:
        OSError: the folder itself cannot be read.
    """
    until = clock() + SECONDS
    if not folder.is_dir():
        yield folder.name, _read(folder)
        return
    files = size = 0
    for name, path in _names(folder, skipped):
        if files >= MOST_FILES:
            skipped(name, f"more than {MOST_FILES} rule files; this one and all after it are not read")
            return
        if size > MOST_BYTES:
            skipped(name, f"more than {MOST_BYTES >> 20} MiB of rules; this one and all after it are not read")
            return
        if clock() > until:
            skipped(name, f"not read within {SECONDS:.0f} s; this one and all after it are not read")
            return
        try:
            data = _read(path)
        except OSError as error:
            skipped(name, error.strerror or str(error))
            continue
        files += 1
        size += len(data)
        yield name, data


def _names(folder: Path, skipped: Callable[[str, str], None]) -> Iterator[tuple[str, Path]]:
    entries = 0
    os.scandir(folder).close()  # an unreadable top is the caller's error, an unreadable part is not

    def failed(error: OSError) -> None:
        skipped(os.path.relpath(str(error.filename), folder), error.strerror or str(error))

    for here, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if name != ".git")
        relative = os.path.relpath(here, folder)
        if relative.count(os.sep) >= DEEPEST:
            skipped(relative, "nested too deeply")
            folders.clear()
            continue
        for name in sorted(names):
            entries += 1
            if entries > MOST_ENTRIES:
                skipped(relative, f"more than {MOST_ENTRIES} names; the rest is not looked at")
                return
            if name.lower().endswith(SUFFIXES):
                yield os.path.normpath(os.path.join(relative, name)), Path(here, name)  # noqa: PTH118


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123 - by descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "not a regular file")
        data = bytearray()
        while len(data) <= FILE_BYTES and (more := stream.read(FILE_BYTES + 1 - len(data))):
            data += more
        return bytes(data)

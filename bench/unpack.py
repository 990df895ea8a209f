"""Read the files of a wheel, an sdist or an npm tarball in memory, or lay them in a folder for a peer that needs one.

Only regular files, without their modes (nothing becomes executable), below the folder whatever their names say, and no
more than `MOST` bytes.
"""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MOST = 256 << 20


def members(archive: Path, most: int = MOST) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the regular files; stop silently at what cannot be read (peers get the same files)."""
    try:
        with archive.open("rb") as head:
            is_zip = head.read(2) == b"PK"  # some are named for what they are not
        if not is_zip:
            with tarfile.open(archive) as tar:
                for member in tar:
                    if member.isfile() and 0 <= member.size <= most and (stream := tar.extractfile(member)):
                        most -= member.size
                        yield member.name, stream.read()
        else:
            with zipfile.ZipFile(archive) as zipped:
                for entry in zipped.infolist():
                    if not entry.is_dir() and entry.file_size <= most:
                        most -= entry.file_size
                        with zipped.open(entry) as opened:
                            yield entry.filename, opened.read(entry.file_size)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError):
        return


def unpack(archive: Path, folder: Path) -> None:
    """Lay the files below `folder`."""
    for name, data in members(archive):
        parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
        if not parts or any("\0" in part or len(part.encode("utf-8", "replace")) > 200 for part in parts):
            continue
        place = folder.joinpath(*parts)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(0o600)
        except (OSError, UnicodeError):  # a file where a folder is wanted, a name that cannot be
            continue

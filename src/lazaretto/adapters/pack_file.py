"""A pack as a JSON file of our own schema (`lazaretto/intel-pack-1`), all or nothing."""

import os
from pathlib import Path

import msgspec

from lazaretto.model.intel import Pack
from lazaretto.model.text import N_, Message


class PackFileError(Exception):
    """The file cannot be written. `message` is for the user."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Say which file, and why."""
        self.message = Message.of(
            N_("{file} cannot be written: {error}"), {"file": path, "error": error.strerror or error}
        )
        super().__init__(self.message.english())


class PackFile:
    """Keeps one pack in one file."""

    def __init__(self, path: str) -> None:
        """`path` is replaced when it exists."""
        self.path = Path(path)

    def add(self, pack: Pack) -> str:
        """Write the pack and return its path.

        Raises:
            PackFileError: no such folder, no permission, disk full.
        """
        data = msgspec.json.format(msgspec.json.encode(pack), indent=1) + b"\n"
        aside = self.path.with_name(f".{self.path.name[:100]}.{os.getpid()}.part")
        try:
            aside.write_bytes(data)
            aside.replace(self.path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise PackFileError(self.path, error) from error
        return str(self.path)

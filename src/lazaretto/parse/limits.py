"""Limits: how much of a hostile input is read before it becomes a gap.

Every limit that is reached is reported (`Gap`, stage `limit`); none is silent.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one subject. Sizes in bytes, times in seconds."""

    file_bytes: int = 64 << 20
    """Largest single file that is read. Code and documents beyond `code_bytes` are only searched as text."""
    code_bytes: int = 4 << 20
    """Largest file that is parsed as code or as a document."""
    total_bytes: int = 2 << 30
    """All bytes read of one subject, archives counted unpacked."""
    archive_bytes: int = 512 << 20
    """All bytes unpacked from one outermost archive."""
    archive_ratio: int = 200
    """Unpacked to packed size, judged once more than `ratio_floor` bytes came out."""
    ratio_floor: int = 16 << 20
    files: int = 400_000
    """Files of one subject, members of archives included."""
    nesting: int = 3
    """Archives within archives."""
    path_chars: int = 4096
    depth: int = 128
    """Folders above one file."""
    file_seconds: float = 10.0
    """Examination of one file: seconds of processor time; three times as many by the clock."""
    worker_bytes: int = 1 << 30
    """Address space of one worker process."""


DEFAULT = Limits()

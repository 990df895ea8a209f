"""`intel learn`: read a report, show what it names, keep what a person confirms.

sources    a report file
evidence   extract            values with places
verdict    (a person's)       confirmation; without one nothing is kept
surfaces   the table; an `IntelSink` takes the pack
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from lazaretto.intel.extract.document import BYTES, DocumentError, read_document
from lazaretto.intel.extract.extract import extract
from lazaretto.intel.extract.packing import to_pack
from lazaretto.model.extract import Extracted, Extraction
from lazaretto.model.intel import Pack
from lazaretto.model.text import N_

Confirm = Callable[[Extraction], tuple[Extracted, ...]]
"""Shows what was read and returns what shall be kept; nothing when nobody confirmed."""


class IntelSink(Protocol):
    """Whoever keeps packs: a file, a store."""

    def add(self, pack: Pack) -> str:
        """Keep a pack and return where, for people."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The answer."""

    name: str
    extraction: Extraction
    kept: tuple[Extracted, ...] = ()
    where: str = ""
    """Where it is kept; empty = nowhere."""


def read_report(path: str) -> Extraction:
    """Read a report from this disk.

    Raises:
        DocumentError: it is not there, too large, or none that can be read.
    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(BYTES + 1)
    except OSError as error:
        raise DocumentError(N_("{file} cannot be read: {error}"), file=path, error=error.strerror or error) from error
    return extract(read_document(Path(path).name, data))


def learn(path: str, confirm: Confirm, sink: IntelSink | None, now: datetime, campaign: str = "") -> Learned:
    """Read a report and keep what is confirmed.

    Raises:
        DocumentError: the report cannot be read.
    """
    extraction = read_report(path)
    name = Path(path).name
    kept = confirm(extraction)
    if not kept or sink is None:
        return Learned(name, extraction, kept if sink else ())
    pack = to_pack(extraction, kept, name=name, campaign=campaign, today=now.date().isoformat())
    return Learned(name, extraction, kept, sink.add(pack))

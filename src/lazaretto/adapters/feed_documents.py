"""The documents of a feed on this disk: a file, a folder of files, a zip of files. One at a time, in bounded memory.

A zip that is damaged or cut short is refused as a whole: half a feed looks like a feed in which the rest was deleted.
Lists of lines are cut into parts of a few megabytes; other documents are read whole, up to `DOCUMENT_BYTES`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lazaretto.intel.feeds.feed import Document
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_member import Budget, Member, OverrunError
from lazaretto.parse.archive_names import printable
from lazaretto.parse.archive_zip import read_zip
from lazaretto.parse.limits import DEFAULT

DOCUMENT_BYTES = 256 << 20
"""Longest document that is read whole."""
PART_BYTES = 4 << 20
"""Lists are read in parts of about this size."""
SUFFIXES = (".json", ".csv", ".tsv", ".txt", ".list", ".lst", ".ioc")
_LINES = (".csv", ".tsv", ".txt", ".list", ".lst", ".ioc")
_HARMLESS = frozenset({"comment", "name-encoding"})
"""Oddities of archives (`docs/signals.md`) that change nothing of what is read."""
_LIMITS = replace(
    DEFAULT,
    file_bytes=DOCUMENT_BYTES,
    archive_bytes=64 << 30,
    archive_ratio=400,
    ratio_floor=1 << 30,
    files=20_000_000,
)


class FeedError(Exception):
    """A feed cannot be read, or not as a whole: nothing of it is taken over. `message` and `hint` are for the user."""

    exit_kind = "incomplete"

    def __init__(self, template: str, hint: str = "", **params: object) -> None:
        """`template` and `hint` are marked with `N_`."""
        self.message = Message.of(template, params)
        self.hint = Message.of(hint) if hint else None
        super().__init__(self.message.english())


def documents(path: Path, unreadable: Callable[[str], None]) -> Iterator[Document]:
    """Yield the documents of a file, folder or zip, folders in name order.

    `unreadable` is told the name of each single document that could not be read.

    Raises:
        FeedError: there is no such path, or a zip is not whole.
    """
    if path.is_dir():
        yield from _folder(path, unreadable)
        return
    try:
        if not path.is_file():
            raise FeedError(N_("{path} is neither a file nor a folder"), path=printable(str(path)))
        with path.open("rb") as stream:
            head = stream.read(4)
        if head == b"PK\x03\x04":
            yield from _zip(path, unreadable)
        elif head[:2] == b"PK":
            raise FeedError(N_("{path} is a zip without members"), path=printable(str(path)))
        else:
            yield from _file(path, str(path), unreadable)
    except OSError as error:
        raise FeedError(
            N_("{path} cannot be read: {error}"), path=printable(str(path)), error=error.strerror or error
        ) from error


def _folder(top: Path, unreadable: Callable[[str], None]) -> Iterator[Document]:
    def failed(error: OSError) -> None:
        unreadable(f"{error.filename}: {error.strerror}")

    for here, folders, names in os.walk(top, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith((*SUFFIXES, ".zip")) and not name.startswith("."):
                path = Path(here, name)
                try:
                    if name.lower().endswith(".zip"):
                        yield from documents(path, unreadable)
                    elif path.is_file():  # no pipes, no devices
                        yield from _file(path, str(path), unreadable)
                except OSError as error:
                    unreadable(f"{path}: {error.strerror or error}")


def _file(path: Path, name: str, unreadable: Callable[[str], None]) -> Iterator[Document]:
    with path.open("rb", buffering=0) as stream:
        data = stream.read(PART_BYTES + 1)
        while 0 < len(data) <= PART_BYTES and (more := stream.read(PART_BYTES)):  # short reads
            data += more
        if len(data) <= PART_BYTES:
            yield Document(name, data)
            return
        if name.lower().endswith(_LINES) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            yield from _parts(data, stream.read, name)
            return
        size = os.fstat(stream.fileno()).st_size
        if size > DOCUMENT_BYTES:
            unreadable(f"{name}: longer than {DOCUMENT_BYTES} bytes")
            return
        while more := stream.read(1 << 22):
            data += more
        yield Document(name, data)


def _parts(data: bytes, more: Callable[[int], bytes], name: str) -> Iterator[Document]:
    """Cut a list between lines; every part begins with the first line, which may be a header."""
    first, _, _ = data.partition(b"\n")
    begun = b""
    while data:
        cut = data.rfind(b"\n") + 1
        ahead = more(PART_BYTES)
        if not ahead or len(data) > 4 * PART_BYTES:
            cut = len(data)
        yield Document(name, begun + data[:cut])
        begun = first[:10_000] + b"\n"
        data = data[cut:] + ahead


def _zip(path: Path, unreadable: Callable[[str], None]) -> Iterator[Document]:
    with path.open("rb") as stream:
        budget = Budget(_LIMITS, path.stat().st_size)
        try:
            for item in read_zip(stream, str(path), "", budget, _wanted):
                if isinstance(item, Member):
                    yield Document(item.path, item.data)
                elif isinstance(item, Gap):
                    if item.stage is not Stage.LIMIT or item.subject == str(path):
                        raise _broken(path, item.reason)
                    unreadable(f"{item.subject}: {item.reason.english()}")
                elif item.kind == "archive" and item.value.partition("\t")[0] not in _HARMLESS:
                    odd = N_("an archive that two readers would read differently: {detail}")
                    raise _broken(path, Message.of(odd, {"detail": item.value.replace("\t", " ")}))
                del item  # one document must not outlive the next
        except OverrunError as error:
            raise _broken(path, error.message) from error


def _wanted(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.lower().endswith(SUFFIXES) and not last.startswith(".")


def _broken(path: Path, reason: Message) -> FeedError:
    return FeedError(
        N_("{path} is damaged or cut short ({error}); nothing of it was taken over"),
        N_("fetch it again"),
        path=printable(str(path)),
        error=reason.english(),
    )

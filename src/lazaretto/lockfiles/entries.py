"""What the readers of many formats share: gaps for single entries, and the lines on which entries stand."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Final

from lazaretto.model.finding import Gap, Stage
from lazaretto.model.package import Package
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import LARGEST, as_mapping, as_sequence, as_text
from lazaretto.parse.views import ParseError

MISSES: Final = 200
"""Searches of the whole document that one `Finder` does."""
NEAR: Final = 1 << 16
"""Bytes after the last entry in which the next one is expected."""
LONGEST_NAME: Final = 512
LONGEST_TEXT: Final = 4096
BAD_ENTRIES: Final = 20
"""Single gaps of one document; what is beyond is counted in one more."""


Reader = Callable[[Blob, Callable[[str], Blob | None]], Iterator[Package | Gap]]


def file_name(path: str) -> str:
    """Return the last part of a `/` separated path."""
    return path.rpartition("/")[2]


def folder(path: str) -> str:
    """Return the path before the last `/`, with that `/`; empty at the top."""
    return path[: path.rfind("/") + 1]


def bad_entry(path: str, line: int, entry: str, reason: str) -> Gap:
    """Return the gap for one entry that was not understood; the rest of the document was read."""
    return Gap(
        Stage.INVENTORY,
        path,
        Message.of(
            N_("line {line}: {entry} could not be read as a package: {reason}"),
            {"line": line, "entry": entry[:120], "reason": reason},
        ),
        partial=True,
    )


def unresolved(path: str, line: int, what: str) -> Gap:
    """Return the gap for a list of packages that only running code, a template or the network would tell."""
    return Gap(
        Stage.INVENTORY,
        path,
        Message.of(
            N_("line {line}: {what} is not written out, so the packages that it names are not listed"),
            {"line": line, "what": what[:120]},
        ),
        partial=True,
    )


def not_included(path: str, line: int, other: str, reason: str) -> Gap:
    """Return the gap for another file that a document includes and that was not read."""
    return Gap(
        Stage.INVENTORY,
        path,
        Message.of(
            N_("line {line}: the included file {other} was not read: {reason}"),
            {"line": line, "other": other[:200], "reason": reason},
        ),
        partial=True,
    )


def unnamed(path: str, count: int) -> Gap:
    """Return the gap for components of a bill of materials that carry no package URL."""
    return Gap(
        Stage.INVENTORY,
        path,
        Message.of(
            N_("{count} components carry neither a package URL nor a CPE and cannot be looked up"), {"count": count}
        ),
        partial=True,
    )


def bounded(rows: Iterable[Package | Gap], path: str) -> Iterator[Package | Gap]:
    """Pass `rows` on, bounded, whatever the document at `path` holds.

    At most `BAD_ENTRIES` gaps, with one more that counts those beyond. A name that no package could have (not
    printable, endless) is a gap; endless texts are cut.
    """
    gaps = 0
    for row in rows:
        checked = _checked(row) if isinstance(row, Package) else row
        if isinstance(checked, Gap):
            gaps += 1
            if gaps > BAD_ENTRIES:
                continue
        yield checked
    if gaps > BAD_ENTRIES:
        more = Message.of(N_("{count} more entries could not be read"), {"count": gaps - BAD_ENTRIES})
        yield Gap(Stage.INVENTORY, path, more, partial=True)


def tidy(read: Reader) -> Reader:
    """Wrap a reader so that documents beyond `LARGEST` are refused and what it passes on is `bounded`."""

    @wraps(read)
    def wrapped(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
        if len(blob.data) > LARGEST:
            raise ParseError(f"longer than {LARGEST} bytes")
        yield from bounded(read(blob, open), blob.path)

    return wrapped


def _checked(row: Package) -> Package | Gap:
    if not row.name or len(row.name) > LONGEST_NAME or not row.name.isprintable():
        return bad_entry(row.source, row.line, row.name, N_("no package can have such a name"))
    if len(row.version) + len(row.url) + len(row.requirement) + len(row.integrity) <= LONGEST_TEXT:
        return row
    return replace(
        row,
        version=row.version[:LONGEST_NAME],
        url=row.url[:LONGEST_TEXT],
        requirement=row.requirement[:LONGEST_TEXT],
        integrity=row.integrity[:LONGEST_TEXT],
    )


class Finder:
    """Finds the lines of entries that are asked for in the order of the document.

    Entries are looked for near the last one first; a search of the whole document is done at most `MISSES` times,
    so that a hostile document cannot make the search quadratic.
    """

    def __init__(self, blob: Blob) -> None:
        """Start at the top."""
        self._blob, self._at, self._line, self._misses = blob, 0, 1, 0

    def line(self, *needles: str) -> int:
        """Return the line (from 1) of the next of `needles`; the line of the entry before when none is found."""
        if self._misses > MISSES:
            return self._line
        raws = [needle.encode("utf-8", "replace") for needle in needles if needle]
        for start, end in ((self._at, self._at + NEAR), (self._at, None), (0, None)):
            if end is None:
                self._misses += 1
            for raw in raws:
                at = self._blob.data.find(raw, start, end)
                if at >= 0:
                    self._line = self._blob.position(at + raw.startswith(b"\n"))[0]
                    self._at = at + len(raw)
                    return self._line
        return self._line

    def quoted(self, text: str) -> int:
        """Return the line of the next `"text"` or, failing that, `'text'` or the bare text."""
        if not text:
            return self._line
        escaped = text.replace('"', '\\"')
        return self.line(f'"{escaped}"', f"'{text}'", text)


def toml_tables(blob: Blob, document: Mapping[str, Any], key: str) -> Iterator[tuple[Mapping[str, Any], int, str]]:
    """Yield (table, line of its name, name) for each table of the array `key` (`[[package]]`).

    The name is empty when the entry has none; the caller makes that a gap.
    """
    entries = as_sequence(document.get(key))
    head = re.compile(rb"^[ \t]{0,16}\[\[[ \t]{0,16}" + key.encode() + rb"[ \t]{0,16}\]\]", re.MULTILINE)
    heads = [match.end() for match in head.finditer(blob.data)]
    finder = Finder(blob)
    for index, entry in enumerate(entries):
        table = as_mapping(entry)
        name = as_text(table.get("name"))
        if len(heads) == len(entries):
            end = min(heads[index] + 400, heads[index + 1] if index + 1 < len(heads) else len(blob.data))
            at = blob.data.find(b"\nname", heads[index], end)
            line = blob.position(at + 1 if at >= 0 else heads[index])[0]
        else:  # written as an inline array
            line = finder.quoted(name)
        yield table, line, name

"""What a finder works on: the plain text, its shape, and which parts another finder has already claimed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lazaretto.intel.extract.mapped import Mapped
from lazaretto.intel.extract.structure import Line, Section, Structure
from lazaretto.model.extract import Standing

AROUND = 160
"""Characters before and after a value in which words may say what it is."""


TARGET = 240
"""Characters of a link's target that are skipped."""
_TARGETS = re.compile(r"\]\([^()\s]{1,400}\)?")


def without_targets(text: str) -> str:
    """Return words on one line, without the targets of links."""
    return (_TARGETS.sub("]", text) if "](" in text else text).replace("\n", " ")


def _plain(text: str) -> str:
    """Return words in lower case, on one line, without the targets of links."""
    return without_targets(text).lower()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value that a finder saw. `start` and `end` are offsets into the plain text."""

    kind: str
    value: str
    start: int
    end: int
    standing: Standing | None = None
    """Set when the finder knows; else the words around decide."""
    host: str = ""
    port: int = 0
    name: str = ""
    version: str = ""
    ecosystem: str = ""
    network: str = ""
    proven: bool = False
    """A checksum, or the form alone, leaves no doubt of what it is."""
    derived: bool = False
    """Follows from another value at the same place (an account from its address)."""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One report."""

    mapped: Mapped
    structure: Structure
    taken: bytearray = field(repr=False)
    """One byte a character."""

    @property
    def text(self) -> str:
        """The plain text."""
        return self.mapped.text

    def free(self, start: int, end: int) -> bool:
        """Tell whether nobody has claimed any of it."""
        return self.taken.find(1, start, end) < 0

    def claim(self, start: int, end: int) -> None:
        """Keep others away."""
        self.taken[start:end] = b"\1" * (end - start)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield matches that nobody has claimed."""
        for match in pattern.finditer(self.text):
            if self.free(*match.span()):
                yield match

    def before(self, offset: int, most: int = AROUND) -> str:
        """Return the words before, within the paragraph, lower case."""
        start = max(self.line(offset).first, offset - most)
        return _plain(self.text[start:offset])

    def after(self, offset: int, most: int = AROUND) -> str:
        """Return the words after, within the paragraph, lower case."""
        last = self.line(offset - 1 if offset else 0).last
        text = self.text[offset : min(last, offset + most)]
        if "](" in text:
            text = _plain(self.text[offset : min(last, offset + most + TARGET)])[:most]
        return _plain(text)

    def around(self, start: int, end: int) -> str:
        """Return the words around, with the heading, the table's column heads and the line that introduces a list."""
        line = self.line(start)
        above = self.text[max(0, line.start - AROUND) : line.start].lower()
        parts = (line.heading.lower(), " ".join(line.columns), line.cue, above, self.before(start), self.after(end))
        return " ".join(parts)

    def line(self, offset: int) -> Line:
        """Return the line at an offset."""
        return self.structure.at(offset)

    def column(self, offset: int) -> str:
        """Return the head of the table column that an offset stands in; empty outside of tables."""
        line = self.line(offset)
        if not line.columns:
            return ""
        row = self.text[line.start : offset]
        number = row.lstrip().removeprefix("|").count("|")
        return line.columns[number] if number < len(line.columns) else ""

    def itemised(self, offset: int) -> bool:
        """Tell whether a place is an item by itself: a row, code, an item of a list, or a line with hardly a word."""
        line = self.line(offset)
        if line.row or line.code or line.cue:
            return True
        return line.section is Section.INDICATORS and len(self.text[line.start : line.end].split()) <= 4

    def listed(self, offset: int) -> bool:
        """Tell whether a place is one where reports list their indicators: such a section, a table, code."""
        line = self.line(offset)
        return line.section is Section.INDICATORS or line.row or line.code

"""Text that remembers where every character of it came from, through any number of rewritings.

document text --normalised--> --refanged--> what the finders read
     ^                                          |
     `------------ offsets ---------------------'
"""

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text, the offset of each of its characters in the document, and which ones stood there defanged."""

    text: str
    origin: "array[int]"
    """One offset a character."""
    marks: bytes
    """One byte a character: 1 = made by refanging."""

    @classmethod
    def of(cls, text: str) -> "Mapped":
        """Start with a document's text."""
        return cls(text, array("I", range(len(text))), bytes(len(text)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place of `text[start:end]` in the document."""
        return self.origin[start], self.origin[end - 1] + 1

    def is_defanged(self, start: int, end: int) -> bool:
        """Tell whether any part of `text[start:end]` was made harmless in the document."""
        return self.marks.find(1, start, end) >= 0

    def replaced(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], tuple[str, bool] | None]) -> "Mapped":
        """Return a text in which matches are replaced.

        `by` gives the new text and whether the old one was defanged, or None to leave it. The characters of a
        replacement all come from the first character of what they replace, the last one from its last.
        """
        pieces: list[str] = []
        origin: array[int] = array("I")
        marks = bytearray()
        last = 0
        for match in pattern.finditer(self.text):
            change = by(match)
            if change is None:
                continue
            new, defanged = change
            start, end = match.span()
            pieces += [self.text[last:start], new]
            origin += self.origin[last:start]
            marks += self.marks[last:start]
            if new:
                first, final = self.origin[start], self.origin[end - 1]
                origin.extend([first] * (len(new) - 1) + [final])
                marks += bytes([defanged or self.marks.find(1, start, end) >= 0]) * len(new)
            last = end
        if not last:
            return self
        pieces.append(self.text[last:])
        origin += self.origin[last:]
        marks += self.marks[last:]
        return Mapped("".join(pieces), origin, bytes(marks))

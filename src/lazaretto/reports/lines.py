"""Lines for terminals: colour, wrapping by cells, small tables. All widths count cells, not characters."""

from collections import Counter
from collections.abc import Iterator

from lazaretto.reports.safe import cells, safe, shorten_path

RED, GREEN, YELLOW, BLUE, BOLD, DIM = "31", "32", "33", "34", "1", "2"


def paint(text: str, code: str, *, on: bool) -> str:
    """Colour a text with an SGR code (ECMA-48) when `on`."""
    return f"\x1b[{code}m{text}\x1b[0m" if on and text else text


def wrap(text: str, width: int, indent: str = "", first: str = "") -> Iterator[str]:
    """Break a text between words into lines of at most `width` cells; a word that is longer stays whole."""
    line = first
    used, empty = cells(line), True
    for word in text.split(" "):
        wide = cells(word)
        if not empty and used + 1 + wide > width:
            yield line
            line, used, empty = indent, cells(indent), True
        line += word if empty else f" {word}"
        used += wide + (not empty)
        empty = False
    yield line


def pad(text: str, width: int) -> str:
    """Fill a text with blanks to `width` cells."""
    return text + " " * (width - cells(text))


def table(counts: Counter[str], width: int, rows: int = 20) -> Iterator[str]:
    """Yield the most frequent names with their numbers; the rest as one line. Names are untrusted."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for name, number in ordered[:rows]:
        yield f"{number:>7,}  {shorten_path(safe(name, 400), width - 9)}"
    if len(ordered) > rows:
        yield f"{sum(number for _, number in ordered[rows:]):>7,}  …"

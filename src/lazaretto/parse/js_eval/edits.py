"""Edits of a source text that may lie inside one another."""

from bisect import bisect_left
from collections.abc import Sequence

Piece = bytes | tuple[int, int]
"""New text, or a range of the old text (rendered with the edits inside it)."""


class Edits:
    """Replacements by byte range. An outer one wins; ranges that it keeps are edited themselves."""

    def __init__(self) -> None:
        """None yet."""
        self._edits: dict[tuple[int, int], tuple[Piece, ...]] = {}

    def __len__(self) -> int:
        return len(self._edits)

    def replace(self, start: int, end: int, *pieces: Piece) -> None:
        """Put pieces in place of a range; the first edit of a range stays."""
        self._edits.setdefault((start, end), pieces)

    def render(self, source: bytes, breaks: Sequence[int], limit: int) -> bytes:
        """Return the edited text with a line break after each of the (sorted) offsets `breaks`; cut at `limit`."""
        spans = sorted(self._edits, key=lambda span: (span[0], -span[1]))
        starts = [span[0] for span in spans]
        out: list[bytes] = []
        size = 0
        # Work list of ranges, innermost last: no recursion, however deep the edits lie.
        work: list[tuple[int, int, tuple[int, int] | None] | bytes] = [(0, len(source), None)]
        while work and size < limit:
            item = work.pop()
            if isinstance(item, bytes):
                out.append(item)
                size += len(item)
                continue
            low, high, inside = item
            at = bisect_left(starts, low)
            while at < len(spans) and (spans[at][1] > high or spans[at] == inside or _holds(spans[at], inside)):
                at += 1
            if at >= len(spans) or spans[at][0] >= high:
                piece = _broken(source, low, high, breaks)
                out.append(piece)
                size += len(piece)
                continue
            start, end = spans[at]
            piece = _broken(source, low, start, breaks)
            out.append(piece)
            size += len(piece)
            work.append((end, high, inside))
            work.extend(
                one if isinstance(one, bytes) else (one[0], one[1], (start, end))
                for one in reversed(self._edits[start, end])
            )
        return b"".join(out)[:limit]


def _holds(span: tuple[int, int], inside: tuple[int, int] | None) -> bool:
    """An edit around the one that is being rendered is done already."""
    return inside is not None and span[0] <= inside[0] and span[1] >= inside[1]


def _broken(source: bytes, low: int, high: int, breaks: Sequence[int]) -> bytes:
    at = bisect_left(breaks, low + 1)
    if at >= len(breaks) or breaks[at] > high:
        return source[low:high]
    parts = []
    while at < len(breaks) and breaks[at] <= high:
        parts.append(source[low : breaks[at]])
        low = breaks[at]
        at += 1
    return b"\n".join([*parts, source[low:high]])

"""Content written in characters that nobody sees: variation selectors, tags, zero-width bits, Hangul fillers, blanks.

Variation selectors carry a byte each (U+FE00..U+FE0F, U+E0100..U+E01EF), tags an ASCII character each
(U+E0000..U+E007F); pairs of zero-width characters, of Hangul fillers, or of tab and blank carry a bit each. What comes
out is examined when it is a program, or text in an encoding that leads to one.
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.layers.source import LayerSource
from lazaretto.parse.layer import LAYER_BYTES, TEXT, Layer, kind_of, peel
from lazaretto.parse.text import INVISIBLE_NEEDLES, hidden_runs
from lazaretto.parse.views import TextFile

SHORTEST = 64
"""Bytes of a run from which it can carry anything."""
RUNS = 12
_BLANKS = re.compile(rb"(?: {0,16}\t){24,}+ {0,16}|[ \t]{400,}+")


def find(view: TextFile) -> Iterator[Layer]:
    """Yield what the invisible runs of a file say."""
    data = view.blob.data
    runs = [(at, size) for at, size in hidden_runs(data) if size >= SHORTEST]
    for at, size in sorted(runs, key=lambda run: -run[1])[:RUNS]:
        yield from _read(view, at, data[at : at + min(size, LAYER_BYTES)].decode("utf-8", "replace"))
    for found in itertools.islice(_BLANKS.finditer(data), RUNS) if b"\t \t" in data or b"\t  \t" in data else ():
        run = found[0]
        if run.count(b"\t") >= 20 and run.count(b" ") >= 20:
            yield from _read(view, found.start(), run[: 8 * LAYER_BYTES].decode("ascii"))


def _read(view: TextFile, at: int, run: str) -> Iterator[Layer]:
    for step, plain in _readings(run):
        data, more = peel(plain)
        kind = kind_of(data)
        if kind and (kind != TEXT or (more and len(data) > 24)):
            line, column = view.blob.position(at)
            yield Layer(data, kind, (step, *more), line, column)
            return


def _readings(run: str) -> Iterator[tuple[str, bytes]]:
    selectors = bytearray()
    tags = bytearray()
    for ch in run:
        code = ord(ch)
        if 0xFE00 <= code <= 0xFE0F:
            selectors.append(code - 0xFE00)
        elif 0xE0100 <= code <= 0xE01EF:
            selectors.append(code - 0xE0100 + 16)
        elif 0xE0000 <= code <= 0xE007F:
            tags.append(code - 0xE0000)
    if selectors:
        yield "variation selectors", bytes(selectors)
    if tags:
        yield "invisible tags", bytes(tags)
    signs = sorted(set(run))
    if len(signs) == 2:
        name = "tabs and blanks" if "\t" in signs else "invisible bits"
        for zero, one in (signs, signs[::-1]):
            bits = run.replace(zero, "0").replace(one, "1")
            for width in (8, 7):
                if len(bits) >= width * 12:
                    whole = len(bits) // width * width
                    made = bytes(int(bits[i : i + width], 2) for i in range(0, whole, width))
                    if b"\0" not in made[:64]:
                        yield name, made


SOURCE = LayerSource(id="invisible-text", view=TextFile, find=find, needles=(*INVISIBLE_NEEDLES, b"\t \t", b"\t  \t"))

"""Programs that lie in a code file as one long base64 or hexadecimal constant, whoever decodes it in the end.

Flow analysis follows a constant to the call that runs it; this finder does not ask who runs it. What it finds is
examined only when it is a program: fonts, images, certificates and source maps stay what they are.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.layers.source import LayerSource
from lazaretto.parse.layer import TEXT, Layer, from_base64, kind_of, peel
from lazaretto.parse.program_text import ProgramText

SHORTEST = 120
"""Characters from which a constant can hold a program worth the name."""
RUNS = 40
"""Constants of one file that are looked at."""
BUDGET = 2 << 20
"""Characters of one file that are decoded."""

_RUN = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{120,}+={0,2}")
_HEX = re.compile(rb"[0-9a-fA-F]+")
_DATA_URL = re.compile(rb"data:[\w.+/-]{0,60}(?:;[\w=-]{1,40}){0,3};base64,$")


def find(view: ProgramText) -> Iterator[Layer]:
    """Yield the programs behind long encoded constants."""
    if not view.has_run(SHORTEST):
        return
    data, left = view.blob.data, BUDGET
    for number, found in enumerate(_RUN.finditer(data)):
        text = found[0]
        left -= len(text)
        if number >= RUNS or left < 0:
            return
        before = data[max(0, found.start() - 120) : found.start()]
        if _DATA_URL.search(before) and b"javascript" not in before[-120:]:
            continue
        for step, plain in _decodings(text):
            content, more = peel(plain)
            kind = kind_of(content)
            if kind and kind != TEXT:
                line, column = view.blob.position(found.start())
                yield Layer(content, kind, (step, *more), line, column)
                break


def _decodings(text: bytes) -> Iterator[tuple[str, bytes]]:
    if len(text) % 2 == 0 and _HEX.fullmatch(text):
        yield "hex", bytes.fromhex(text.decode("ascii"))
        return
    plain = from_base64(text)
    if plain is not None:
        yield "base64", plain
    backwards = from_base64(text[::-1].lstrip(b"="))
    if backwards is not None:
        yield "reverse, base64", backwards


SOURCE = LayerSource(id="encoded-text", view=ProgramText, find=find)

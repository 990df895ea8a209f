"""Inert programs in characters that nobody sees."""

import base64

import pytest

from lazaretto.detect.layers.invisible_text import find
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import TextFile

PROGRAM = b"require('child_process').exec('true'); const x = () => 1;"


def selectors(data: bytes) -> str:
    return "".join(chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in data)


def bits(data: bytes, zero: str, one: str) -> str:
    return "".join(f"{b:08b}" for b in data).replace("0", zero).replace("1", one)


@pytest.mark.parametrize(
    ("hidden", "steps"),
    [
        (selectors(PROGRAM), ("variation selectors",)),
        (selectors(base64.b64encode(PROGRAM)), ("variation selectors", "base64")),
        ("".join(chr(0xE0000 + b) for b in PROGRAM), ("invisible tags",)),
        (bits(PROGRAM, "\u200b", "\u200c"), ("invisible bits",)),
        (bits(PROGRAM, "\u3164", "\uffa0"), ("invisible bits",)),
        (bits(PROGRAM, " ", "\t"), ("tabs and blanks",)),
    ],
)
def test_hidden_program(hidden, steps):
    (layer,) = find(TextFile(Blob("a.js", f"const a = 1;\nconst s = `{hidden}`;".encode())))
    assert (layer.data, layer.kind, layer.steps, layer.line, layer.column) == (PROGRAM, "javascript", steps, 2, 12)


@pytest.mark.parametrize(
    "source",
    [
        "family: \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "a\t \t \tb" * 40,
        "\ufe0f" * 40,
        selectors(bytes(range(200))),
    ],
)
def test_near_misses(source):
    assert list(find(TextFile(Blob("a.js", source.encode())))) == []

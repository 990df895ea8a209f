import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule


def value(source):
    module = JavaScriptModule(Blob("a.js", source.encode()))
    at = module.source.rindex(b"sink(") + 4
    return module.flow.value(module.at(at, at + 1).parent.named_child(0))


@pytest.mark.parametrize(
    ("source", "text", "decoded"),
    [
        ("sink(atob('aGk='))", "hi", True),
        ("sink(Buffer.from('aGk=', 'base64').toString('utf8'))", "hi", True),
        ("sink(Buffer.from('6869', 'hex').toString())", "hi", True),
        ("sink(Buffer.from([104, 105, 104, 105]).toString())", "hihi", True),
        ("sink(String.fromCharCode(104, 105))", "hi", True),
        ("const c = [104, 105]; sink(String.fromCharCode(...c))", "hi", True),
        ("sink(String.fromCharCode.apply(null, [104, 105]))", "hi", True),
        ("sink('ih'.split('').reverse().join(''))", "hi", True),
        ("sink(decodeURIComponent('%68i'))", "hi", True),
        ("sink(['h', 'i'].join(''))", "hi", False),
        ("sink('xhix'.slice(1, 3))", "hi", False),
        ("sink('xhix'.substr(1, 2))", "hi", False),
        ("sink('h-i'.replace('-', ''))", "hi", False),
        ("sink('h'.concat('i'))", "hi", False),
        ("sink(Buffer.from('hi').toString())", "hi", False),
        ("sink(Buffer.from('hi').toString('base64'))", None, False),
    ],
)
def test_folding(source, text, decoded):
    found = value(source)
    assert (found.text, "decoded" in found.tags) == (text, decoded)


def test_unknown_input_is_tagged():
    assert value("sink(atob(x))").tags == {"decoded"}
    assert value("sink(zlib.gunzipSync(x))").tags == {"unpacked"}
    assert value("sink(hexToString(x))").tags == {"decoded"}
    assert value("sink(JSON.parse(x))").tags == set()

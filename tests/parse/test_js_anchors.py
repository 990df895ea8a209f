import pytest

from lazaretto.parse.js_anchors import MAX_ANCHORS, anchors, worth_reading


def words(source):
    return [source.encode()[start:end].decode() for start, end in anchors(source.encode())]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("eval(a)", ["eval"]),
        ("const e = eval;", ["eval"]),
        ("(0, eval)(a)", ["eval"]),
        ("new Function(a)", ["Function"]),
        ("new (Function.constructor)(a)", ["Function", "constructor"]),
        ("const F = (async () => {}).constructor;", ["constructor"]),
        ("vm.runInNewContext(a)", ["runInNewContext"]),
        ("const cp = require('child_process'); cp.exec(a)", ["exec"]),
        ("const { exec: run } = require('child_process'); run(a)", ["run", "run"]),
        ("const x = atob('a'); require(f(x))", ["requir"]),
        ("global['ev' + 'al'](a)", ["global"]),
    ],
)
def test_found(source, wanted):
    assert words(source) == wanted


@pytest.mark.parametrize(
    "source",
    [
        'eval("1 + 1")',
        "Function('return this')()",
        "typeof a === Function",
        "x instanceof Function",
        "new this.constructor(a)",
        "// eval(a)",
        " * eval(a)",
        "redo_eval(a)",
        "require('child_process'); const m = /x/.exec(a)",
        "require(a)",
        "list = ['const', 'eval', 'do']",
    ],
)
def test_skipped(source):
    assert words(source) == []


def test_bounded():
    assert len(anchors(b"eval(a);" * 20_000)) == MAX_ANCHORS


def test_worth_reading():
    assert worth_reading(b"fetch(a)", vendored=True)
    assert worth_reading(b"Function('require', a)", vendored=True)
    assert worth_reading(b"exports.f = eval", vendored=False)
    assert not worth_reading(b"exports.f = eval", vendored=True)

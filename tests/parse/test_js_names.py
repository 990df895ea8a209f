import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import text_of

MARK = "HERE"


def look(source, name):
    """Definitions of `name` seen from the mark (an identifier called HERE)."""
    module = JavaScriptModule(Blob("a.ts", source.encode()))
    at = module.source.index(MARK.encode())
    node = module.at(at, at + len(MARK))
    return [
        (d.kind, text_of(d.node)[:20], d.path, d.index, d.source) for d in module.flow.names.definitions(name, node)
    ]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("const a = 1; HERE", [("value", "1", (), 0, "")]),
        ("let a; a = 2; HERE", [("declared", "a", (), 0, ""), ("value", "2", (), 0, "")]),
        ("let a = 1; a += 2; HERE", [("value", "1", (), 0, ""), ("add", "2", (), 0, "")]),
        ("const { a } = x; HERE", [("value", "x", ("a",), 0, "")]),
        ("const { b: { c: a } } = x; HERE", [("value", "x", ("b", "c"), 0, "")]),
        ("const { a = 1 } = x; HERE", [("value", "x", ("a",), 0, "")]),
        ("const [, a] = x; HERE", [("value", "x", ("0",), 0, "")]),
        ("function f(b, a) { HERE }", [("param", "function f(b, a) { H", (), 1, "")]),
        ("const f = a => HERE", [("param", "a => HERE", (), 0, "")]),
        ("const f = (b, { a }) => HERE", [("param", "(b, { a }) => HERE", ("a",), 1, "")]),
        ("const f = (b: X, a?: Y) => HERE", [("param", "(b: X, a?: Y) => HER", (), 1, "")]),
        ("const f = (...a) => HERE", [("param", "(...a) => HERE", (), 0, "")]),
        ("try { } catch (a) { HERE }", [("catch", "catch (a) { HERE }", (), 0, "")]),
        ("for (const a of x) { HERE }", [("each", "x", (), 0, "")]),
        ("function a() {} HERE", [("function", "function a() {}", (), 0, "")]),
        ("class a {} HERE", [("class", "class a {}", (), 0, "")]),
        ("import a from './m'; HERE", [("import", "a", ("default",), 0, "./m")]),
        ("import { b as a } from './m'; HERE", [("import", "a", ("b",), 0, "./m")]),
        ("import * as a from './m'; HERE", [("import", "a", ("*",), 0, "./m")]),
        ("import a = require('./m'); HERE", [("import", "a", ("default",), 0, "./m")]),
        ("b.a = 1; f(a); ({ a: 2 }); HERE", []),
    ],
)
def test_kinds(source, wanted):
    assert look(source, "a") == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("const a = 1; function f() { const a = 2; HERE }", ["2"]),
        ("const a = 1; function f() { const a = 2; } HERE", ["1"]),
        ("const a = 1; { const a = 2; } HERE", ["1"]),
        ("function f() { { var a = 2; } HERE }", ["2"]),
        ("const a = 1; function f(b) { HERE }", ["1"]),
        ("a = 1; function f() { HERE }", ["1"]),
    ],
)
def test_scopes(source, wanted):
    assert [found[1] for found in look(source, "a")] == wanted


def test_a_name_with_thousands_of_uses_is_bounded():
    source = "const a = 1;" + "f(a);" * 30_000 + "HERE"
    assert look(source, "a")[0][1] == "1"

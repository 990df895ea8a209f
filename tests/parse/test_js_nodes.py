import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import (
    arguments,
    callee_of,
    enclosing,
    enclosing_function,
    literal,
    pair,
    parameters,
    text_of,
    unescape,
    unwrap,
)


def expression(text, path="a.ts"):
    root = JavaScriptModule(Blob(path, text.encode())).root
    return root.named_child(0).named_child(0)


@pytest.mark.parametrize("text", ["(a)", "await a", "((a))", "a as any", "a!", "(0, a)", "(<any>a)"])
def test_unwrap(text):
    assert text_of(unwrap(expression(text))) == "a"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'a'", "a"),
        (r"'\x41\u0042\u{43}\104\n'", "ABCD\n"),
        ("`a`", "a"),
        ("`a${b}`", None),
        ("1", None),
        (r"'\'q'", "'q"),
    ],
)
def test_literal(text, wanted):
    assert literal(expression(text)) == wanted


def test_unescape_keeps_what_is_no_escape():
    assert unescape("a") == "a"
    assert unescape("\\u{110000}") == ""


def test_calls():
    call = expression("new (f)(a, /* b */ ...c)")
    assert [text_of(node) for node in arguments(call)] == ["a", "...c"]
    assert text_of(unwrap(callee_of(call))) == "f"
    assert arguments(expression("f`x`")) == []


def test_functions():
    arrow = expression("(a, {b}, ...c) => { d }")
    assert [text_of(node) for node in parameters(arrow)] == ["a", "{b}", "...c"]
    assert [text_of(node) for node in parameters(expression("a => b"))] == ["a"]
    typed = expression("(a: string, b?: number) => 1")
    assert [text_of(node) for node in parameters(typed)] == ["a", "b"]
    inner = arrow.child_by_field_name("body").named_child(0)
    assert enclosing_function(inner).id == arrow.id
    assert enclosing(inner, "arrow_function").id == arrow.id
    assert enclosing(inner, "class") is None


def test_pair():
    found = expression("({ a: 1, 'b': 2, c })")
    thing = unwrap(found)
    assert [text_of(pair(thing, name)) for name in "abc"] == ["1", "2", "c"]
    assert pair(thing, "d") is None

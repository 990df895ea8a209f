import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_sinks import executions, is_code_maker


def seen(source):
    module = JavaScriptModule(Blob("a.js", ("fetch(q);" + source).encode()))
    return [(e.kind, e.how, e.parameters) for e in executions(module)]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("eval(a)", ("code", "eval", ())),
        ("new Function('a', 'require', b)", ("code", "Function", ("a", "require"))),
        ("new Function('a, require', b)", ("code", "Function", ("a", "require"))),
        ("new (Function.constructor)('require', b)(require)", ("code", "Function.constructor", ("require",))),
        ("Function.apply(null, ['require', b])", ("code", "Function", ("require",))),
        ("Function.call(null, 'require', b)", ("code", "Function", ("require",))),
        ("Reflect.construct(Function, ['require', b])", ("code", "Function", ("require",))),
        ("require('vm').runInThisContext(a)", ("code", "vm.runInThisContext", ())),
        ("new (require('vm')).Script(a)", ("code", "vm.Script", ())),
        ("require('child_process').execSync(a)", ("command", "child_process.execSync", ())),
        ("require(atob('ZnM='))", ("load", "require", ())),
    ],
)
def test_kinds(source, wanted):
    assert seen(source) == [wanted]


def test_constants_are_skipped():
    assert seen("eval(`1`); new Function('a', `return a`); require('x')") == []


def test_code_makers():
    assert is_code_maker(("eval",))
    assert is_code_maker(("[]", "filter", "constructor"))
    assert not is_code_maker(("this", "constructor"))
    assert not is_code_maker(("page", "eval"))


def test_many_places_are_cut():
    module = JavaScriptModule(Blob("a.js", b"fetch(q);" + b"eval(a);" * 900))
    assert len(executions(module)) == 400
    assert module.cut_short

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_functions import call_sites, function_name, function_of, local_function, results
from lazaretto.parse.js_nodes import FUNCTIONS, enclosing, text_of


def first_function(source):
    module = JavaScriptModule(Blob("a.js", source.encode()))
    at = module.source.index(b"MARK")
    return module, enclosing(module.at(at, at + 4), *FUNCTIONS)


def test_results():
    module, function = first_function("function f(a) { if (MARK) return a; g(() => { return 1 }); return b }")
    assert [text_of(node) for node in results(module.flow, function)] == ["a", "b"]
    module, function = first_function("const f = a => MARK")
    assert [text_of(node) for node in results(module.flow, function)] == ["MARK"]


def test_names():
    for source, wanted in (
        ("const f = () => MARK", ("f", False)),
        ("f = () => MARK", ("f", False)),
        ("exports.f = () => MARK", ("f", True)),
        ("({ f: () => MARK })", ("f", True)),
        ("class A { f() { MARK } }", ("f", True)),
        ("function f() { MARK }", ("f", False)),
        ("g(() => MARK)", ("", False)),
    ):
        _, function = first_function(source)
        assert function_name(function, function.parent) == wanted


def test_call_sites():
    source = "const f = (a) => MARK; f(1); f.call(x, 2); p.then(f); { const f = 1; f(3) } o.f(4);"
    module, function = first_function(source)
    sites = call_sites(module.flow, function, function.parent)
    assert [(text_of(call), shift) for call, shift in sites] == [("f(1)", 0), ("f.call(x, 2)", 1), ("p.then(f)", -1)]


def test_local_functions():
    module, function = first_function("const f = (a) => MARK; const g = f; g(1)")
    at = module.source.rindex(b"g(1)")
    node = module.at(at, at + 1)
    assert local_function(module.flow, node).id == function.id
    assert function_of(module.flow, function).id == function.id

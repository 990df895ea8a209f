import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule


def value(source, path="a.js"):
    """Value of the first argument of `sink(...)`."""
    module = JavaScriptModule(Blob(path, source.encode()))
    at = module.source.rindex(b"sink(") + 4
    return module.flow.value(module.at(at, at + 1).parent.named_child(0))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("sink('a' + \"b\" + `c`)", "abc"),
        ("const a = 'x', b = `${a}/y`; sink(b)", "x/y"),
        ("const o = { u: { v: 'deep' } }; sink(o.u.v)", "deep"),
        ("const { u } = { u: 'x' }; sink(u)", "x"),
        ("sink(['a', 'b'][1])", "b"),
        ("sink(a ? 'x' : 'x')", "x"),
        ("const f = () => 'x'; sink(f())", "x"),
        ("const f = (a, b) => a + b; sink(f('x', 'y'))", "xy"),
        ("sink('a' + unknown)", None),
        ("let a = 'x'; a += y; sink(a)", None),
    ],
)
def test_constants(source, text):
    assert value(source).text == text


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("sink(process.env.A)", {"env"}),
        ("sink({ ...process.env })", {"env-all"}),
        ("sink(JSON.stringify(process.env))", {"env-all"}),
        ("sink(pick(process.env))", {"env"}),
        ("const { A } = process.env; sink(A)", {"env"}),
        ("const os = require('os'); sink(os.hostname())", {"host", "who:host name"}),
        ("const fs = require('fs'); sink(fs.readFileSync('a'))", {"file"}),
        ("import c from './c'; sink(c.a)", {"import"}),
        ("exports.f = (a) => sink(a)", {"param"}),
        ("sink(x.length)", set()),
        ("const a = a; sink(a)", set()),
    ],
)
def test_origins(source, tags):
    assert value(source).tags == tags


def test_exported_parameter_is_named():
    found = value("exports.f = (b, a) => sink(a)")
    assert found.params == ((12, 1),)
    assert value("import { x as y } from './c'; sink(y)").imports == (("./c", "x"),)


def test_prefix():
    assert "prefixed" in value("const r = await fetch('https://x.test'); sink('git clone ' + r)").tags
    assert "prefixed" not in value("const r = await fetch('https://x.test'); sink('(' + r + ')')").tags


def test_deep_and_long_expressions_end():
    assert value("sink(" + "f(" * 3000 + "a" + ")" * 3000 + ")").tags == set()
    assert value("sink(" + "'a'+" * 20_000 + "b)").text is None
    chain = "".join(f"function f{n}(x) {{ return f{n + 1}(x) }}\n" for n in range(500))
    assert value(f"{chain}sink(f0(y))").tags == set()


def test_budget_is_kept():
    source = "".join(
        f"function g{n}(a) {{ return g{(n * 7 + 1) % 50}(a) + g{(n * 3 + 2) % 50}(a) }}\n" for n in range(50)
    )
    module = JavaScriptModule(Blob("a.js", f"{source}sink(g0(z))".encode()))
    at = module.source.rindex(b"sink(") + 5
    module.flow.value(module.at(at, at + 2).parent)
    assert module.flow.steps <= 1_501

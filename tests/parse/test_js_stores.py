import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_stores import methods


def value(source):
    module = JavaScriptModule(Blob("a.js", source.encode()))
    at = module.source.rindex(b"sink(") + 4
    return module.flow.value(module.at(at, at + 1).parent.named_child(0))


NET = "fetch('https://x.test')"


@pytest.mark.parametrize(
    "source",
    [
        f"const a = []; a.push({NET}); sink(a.join(''))",
        f"const o = {{}}; o.code = {NET}; sink(o.code)",
        f"class A {{ f() {{ this.body = {NET} }} g() {{ sink(this.body) }} }}",
        f"e.emit('go', 1, {NET}); e.on('go', (a, b) => sink(b))",
        f"const o = {{ load() {{ return {NET} }} }}; sink(o.load())",
        f"class A {{ async load() {{ return {NET} }} async g() {{ sink(await this.load()) }} }}",
        f"global.code = {NET}; sink(global.code)",
    ],
)
def test_containers(source):
    assert value(source).foreign


@pytest.mark.parametrize(
    "source",
    [
        f"const a = []; b.push({NET}); sink(a.join(''))",
        f"const o = {{}}; o.other = {NET}; sink(o.code)",
        f"e.emit('stop', {NET}); e.on('go', (a) => sink(a))",
    ],
)
def test_near_misses(source):
    assert not value(source).foreign


def test_methods():
    module = JavaScriptModule(
        Blob("a.js", b"class A { load() {} } const o = { load: () => 1 }; o.load = function () {}; x.load()")
    )
    assert len(methods(module.flow, "load")) == 3
    assert methods(module.flow, "ab") == ()

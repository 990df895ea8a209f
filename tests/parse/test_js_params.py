import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule


def value(source):
    module = JavaScriptModule(Blob("a.js", source.encode()))
    at = module.source.rindex(b"sink(") + 4
    return module.flow.value(module.at(at, at + 1).parent.named_child(0))


NET = "fetch('https://x.test')"


@pytest.mark.parametrize(
    "source",
    [
        f"{NET}.then((r) => sink(r))",
        f"{NET}.then(async function (r) {{ sink(await r.text()) }})",
        f"(function (a) {{ sink(a) }})({NET})",
        f"f({NET}); function f(a) {{ sink(a) }}",
        f"f.call(null, {NET}); function f(a) {{ sink(a) }}",
        "require('https').get('https://x.test', (r) => r.on('data', (c) => sink(c)))",
        "require('request')('https://x.test', (e, r, b) => sink(b))",
        f"load((b) => sink(b)); function load(cb) {{ {NET}.then(r => cb(r)) }}",
        f"const w = {NET}; w.onload = (e) => sink(e)",
        f"[{NET}].forEach((a) => sink(a))",
    ],
)
def test_foreign(source):
    assert value(source).foreign


@pytest.mark.parametrize(
    "source",
    [
        "require('request')('https://x.test', (e, r, b) => sink(e))",
        f"f(1); {NET}; function f(a) {{ sink(a) }}",
        "setTimeout((a) => sink(a), 10)",
        "require('https').get('https://x.test', (r) => r.on('error', (e) => sink(e)))",
        "try { f() } catch (e) { sink(e) }",
    ],
)
def test_not_foreign(source):
    assert not value(source).foreign


@pytest.mark.parametrize(
    "source",
    [
        f"{NET}.catch((e) => sink(e.message))",
        f"{NET}.then(ok, (e) => sink(e))",
        f"try {{ await {NET} }} catch (e) {{ sink(e.response.data) }}",
    ],
)
def test_failure_branch(source):
    assert {"net", "error"} <= value(source).tags

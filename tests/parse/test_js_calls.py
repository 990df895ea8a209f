import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule


def value(source, path="a.js"):
    module = JavaScriptModule(Blob(path, source.encode()))
    at = module.source.rindex(b"sink(") + 4
    return module.flow.value(module.at(at, at + 1).parent.named_child(0))


@pytest.mark.parametrize(
    ("source", "tags", "url"),
    [
        ("sink(await fetch('https://x.test/a'))", {"net", "url:const"}, "https://x.test/a"),
        ("sink(axios.get('/api'))", {"net", "client", "url:relative"}, "/api"),
        ("sink(axios({ method: 'get', url: 'https://x.test' }))", {"net", "client", "url:const"}, "https://x.test"),
        ("const o = { hostname: 'x.test' }; sink(require('https').get(o))", {"net", "client", "url:const"}, "x.test"),
        ("sink(axios.get(process.env.U))", {"net", "client", "url:env"}, ""),
        (
            "sink(axios.get(atob('aHR0cHM6Ly94LnRlc3QvYQ==')))",
            {"net", "client", "url:decoded", "url:const"},
            "https://x.test/a",
        ),
        ("exports.f = (u) => sink(fetch(u))", {"net", "url:param"}, ""),
        ("sink(fetch(f(y)))", {"net", "url:other"}, ""),
        ("sink(fetch('https://x.test').then(r => r.json()).then(j => j.a))", {"net", "url:const"}, "https://x.test"),
        ("sink(require('child_process').execSync('curl https://x.test'))", {"net", "url:const"}, "curl https://x.test"),
        ("sink(require('axios').create({}).get('https://x.test'))", {"net", "client", "url:const"}, "https://x.test"),
        ("sink(axios.isCancel(e))", set(), ""),
        ("sink(require('http').createServer(f))", set(), ""),
    ],
)
def test_network(source, tags, url):
    found = value(source)
    assert (found.tags, found.url) == (tags, url)


def test_line_of_the_call():
    assert value("const r =\n await fetch('https://x.test');\nsink(r.data)").line == 2


def test_chain():
    assert (
        "chain"
        in value(
            "const { ethers } = require('ethers'); const p = new ethers.P('x'); sink(await p.getTransaction(h))"
        ).tags
    )


def test_promise():
    assert value("sink(new Promise((ok, no) => { fetch('https://x.test').then(r => ok(r)) }))").foreign

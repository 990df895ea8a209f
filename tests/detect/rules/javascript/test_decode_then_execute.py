import base64

import pytest

from lazaretto.detect.rules.javascript.decode_then_execute import RULE

B64 = base64.b64encode(b"require('child_process').exec('true')").decode()
CODES = ",".join(str(code) for code in b"require('fs')")
HEX = b"require('fs')".hex()


@pytest.mark.parametrize(
    "source",
    [
        f'eval(atob("{B64}"))',
        f'const s = "{B64}";\nnew Function(Buffer.from(s, "base64").toString("utf8"))()',
        f"eval(String.fromCharCode({CODES}))",
        f"const c = [{CODES}]; eval(String.fromCharCode(...c))",
        f'eval(Buffer.from("{HEX}", "hex").toString())',
        'eval(")\'sf\'(eriuqer".split("").reverse().join(""))',
        'eval(unescape("%72%65%71%75%69%72%65%28%27%66%73%27%29"))',
        'const d = (s) => Buffer.from(s.slice(1), "base64").toString(); eval(d("x' + B64 + '"))',
    ],
)
def test_decoded_constant_that_reaches_out(look, source):
    (finding,) = look(RULE, source)
    assert finding[1:] == ("HIGH", "HIGH", f"{'Function' if 'Function' in source else 'eval'} executes decoded text")


def test_unknown_input(look):
    assert [f[1:3] for f in look(RULE, 'const k = load(); eval(Buffer.from(k, "base64").toString())')] == [
        ("HIGH", "MEDIUM")
    ]
    decipher = 'const d = crypto.createDecipheriv("aes-256-cbc", k, iv); new Function("require", d.update(x) + d.final())(require)'
    assert [f[1:3] for f in look(RULE, decipher)] == [("HIGH", "HIGH")]


def test_harmless_content_says_less(look):
    text = base64.b64encode(b"1 + 1; // a table").decode()
    assert [f[1:3] for f in look(RULE, f'eval(atob("{text}"))')] == [("MEDIUM", "LOW")]


@pytest.mark.parametrize(
    "source",
    [
        "eval('(' + text + ')'); atob(x)",
        'const s = Buffer.from(x, "base64").toString(); JSON.parse(s)',
        "eval(unescape(parts[1]))",
        'const f = new Function("a", "return a"); f(atob(x))',
    ],
)
def test_near_misses(look, source):
    assert [f for f in look(RULE, source) if f[1] != "LOW"] == []


def test_a_long_constant_is_a_program(look):
    long = base64.b64encode(b"x += 1;" * 80).decode()
    short = base64.b64encode(b"x += 1;").decode()
    assert [fact[1:3] for fact in look(RULE, f'eval(atob("{long}"))')] == [("HIGH", "MEDIUM")]
    assert [fact[1:3] for fact in look(RULE, f'eval(atob("{short}"))')] == [("MEDIUM", "LOW")]


def test_a_data_address_or_else_a_file(look):
    source = """const fs = require('fs'), vm = require('vm');
function load(address) {
  let code;
  if (/^data:/.test(address)) code = Buffer.from(address.split(',')[1], 'base64').toString();
  else code = fs.readFileSync(address, 'utf8');
  vm.runInThisContext(code);
}
module.exports = load;
"""
    assert [fact[1:3] for fact in look(RULE, source)] == [("MEDIUM", "LOW")]
    both = source.replace(
        "Buffer.from(address.split(',')[1], 'base64')", "Buffer.from(fs.readFileSync('a', 'utf8'), 'base64')"
    )
    assert [fact[1:3] for fact in look(RULE, both)] == [("HIGH", "HIGH")]


def test_encrypted_text_with_its_key_beside_it(look):
    source = """const c = require('crypto');
const d = c.createDecipheriv('aes-256-cbc', {key}, '0123456789abcdef');
eval(d.update('f1e2d3c4b5a69788f1e2d3c4b5a69788', 'hex', 'utf8') + d.final('utf8'));
"""
    assert [fact[1:3] for fact in look(RULE, source.replace("{key}", "'0123456789abcdef0123456789abcdef'"))] == [
        ("HIGH", "HIGH")
    ]
    assert [fact[1:3] for fact in look(RULE, source.replace("{key}", "process.env.KEY"))] == [("HIGH", "MEDIUM")]

"""Inert programs, made unreadable the way obfuscators do it."""

import pytest

from lazaretto.parse.javascript import parsed
from lazaretto.parse.js_eval.rewrite import rewritten, run

TABLE = "function t(){const a=['3exec','2x','child_process','true','1x'];t=function(){return a;};return t();}"
DECODER = "function d(i,k){i=i-0x10;const a=t();let s=a[i];return s;}"
ROTATION = (
    "(function(f,n){const x=d,a=f();while(!![]){try{const c=parseInt(x(0x10))/0x1+parseInt(x(0x11))/0x2+parseInt(x(0x14))/0x3;"
    "if(c===n)break;else a['push'](a['shift']());}catch(e){a['push'](a['shift']());}}}(t,4.333333333333333));"
)


def rewrite(source: str) -> str:
    return rewritten(source.encode(), parsed).source.decode()


def test_string_table_with_rotation():
    # in place the checksum fits at once, so the table is given rotated by two
    table = TABLE.replace("'3exec','2x','child_process','true','1x'", "'true','1x','3exec','2x','child_process'")
    answer = rewritten(f"{table}{DECODER}{ROTATION}const w=d;require(w(0x12))['exec'](w(0x13));".encode(), parsed)
    assert b'require("child_process").exec("true")' in answer.source
    assert answer.steps == ("string array of 5 entries, rotated, 2 calls",)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("const a = 'chi' + 'ld_' + 'process'; require(a)['ex' + 'ec']('true')", '.exec("true")'.replace('"true"', "'true'")),
        ("x['\\x65\\x78\\x65\\x63']('\\x74')", 'x.exec("t")'),
        ("const o = { f: function (a, b) { return a(b) } }; o['f'](go, y)", "(go(y))"),
        ("const o = { f: function (a, b) { return a + b } }; z(o.f(p, q))", "(p + q)"),
        ("const k = ['a', 'b']; go(k[1])", 'go("b")'),
        ("function w(a, b) { return v(b - 1) } function v(i) { return ['x', 'y', 'z'][i] } go(w(0, 3))", 'go("z")'),
        ("go(x + 'a' + 'b' + y)", 'x + "ab" + y'),
        ("if ('ab' === 'cd') { bad() } else { good() }", "good()"),
        ("const o = '1|0'.split('|'); let i = 0; while (!![]) { switch (o[i++]) { case '0': b(); continue; case '1': a(); continue; } break; }", "a();\n\nb();"),
        ("go(`a${'b'}c`)", 'go("abc")'),
        ("go(true ? 'a' : b)", "go('a')"),
        ("(function (d) { go(d(65)) })(function (n) { return String.fromCharCode(n) })", 'go("A")'),
    ],
)  # fmt: skip
def test_rewrites(source, wanted):
    assert wanted in rewrite(source)


@pytest.mark.parametrize(
    "source",
    [
        "a.push(b.shift())",
        "let n = 1; n = 2; go(n + 1)",
        "for (const k of ks) go(k)",
        "function f(p) { return go(p) }",
        "const a = []; a.push('x'); go(a[0])",
        "delete o.x; o.x = 1; o.x++",
        "const x = require('fs').readFileSync(y)",
    ],
)
def test_what_is_not_constant_stays(source):
    assert rewrite(source).replace("\n", "") in ("", source)


@pytest.mark.parametrize(
    ("source", "how", "text"),
    [
        ("eval(atob('Z28oJ3RydWUnKQ=='))", "eval", "go('true')"),
        ("new Function('require', Buffer.from('676f2829', 'hex').toString())(require)", "Function", "go()"),
        ("[].constructor.constructor('go' + '()')()", "Function", "go()"),
        ("setTimeout('go' + '()', 9)", "setTimeout", "go()"),
        ("require('vm').runInThisContext('g' + 'o()')", "runInThisContext", "go()"),
        ("module._compile('g' + 'o()', '')", "_compile", "go()"),
        (
            "app.get('/', () => { eval([103, 111, 40, 41].map((c) => String.fromCharCode(c)).join('')) })",
            "eval",
            "go()",
        ),
    ],
)
def test_texts_that_become_code(source, how, text):
    (code,) = rewritten(source.encode(), parsed).codes
    assert (code.how, code.text) == (how, text)


def test_a_program_is_run_from_its_top():
    source = (
        "var a=[77,69,2,3],o='';for(var i=0;i<a.length;i++){o+=String.fromCharCode(a[i]^42)}\nunknown.thing();eval(o);"
    )
    (code,) = run(source.encode(), parsed)
    assert (code.how, code.text, code.offset) == ("eval", "go()", source.index("eval"))


@pytest.mark.parametrize(
    "source",
    [
        b"(" * 20_000 + b"1" + b")" * 20_000,
        b"a" + b"+'x'" * 30_000,
        b"[" * 50_000,
        b"function f(){f()}" * 3_000,
        b"const a=b,b=a;go(a+b);",
        b"function t(){t=function(){return t()};return t()}go(t());" * 50,
        b"x['a']['b']" * 20_000,
        b"\xff\xfe\x00" * 1000,
        b"`${" * 3000,
    ],
)
def test_bait_ends(source):
    rewritten(source, parsed)
    run(source, parsed)

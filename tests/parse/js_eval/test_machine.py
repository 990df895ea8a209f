import math

import pytest

from lazaretto.parse.js_eval.values import Unresolved


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("'a' + [1, 2] + {}", "a1,2[object Object]"),
        ("(![] + [])[+[]]", "f"),
        ("[] + []", ""),
        ("1 / 0", math.inf),
        ("-7 % 3", -1),
        ("1 << 31", -2147483648),
        ("-1 >>> 0", 4294967295),
        ("~~'12.9'", 12),
        ("0.1 + 0.2 + ''", "0.30000000000000004"),
        ("1e21 + ''", "1e+21"),
        ("1.5e-7 + ''", "1.5e-7"),
        ("parseInt('12ab', 16)", 0x12AB),
        ("parseInt('9z')", 9),
        ("(35).toString(36)", "z"),
        ("typeof undefined + typeof null + typeof ''", "undefinedobjectstring"),
        ("'5' * '2'", 10),
        ("null == undefined", True),
        ("'b' > 'a' && !('' == 1)", True),
        ("var s = ''; for (let i = 0; i < 4; i++) { if (i == 2) continue; s += i } s", "013"),
        ("let n = 0; while (true) { n++; if (n > 4) break } n", 5),
        ("function f(a, b = 2, ...c) { return a + b + c.length } f(1, undefined, 9, 9)", 5),
        ("const { a, b: [c] } = { a: 1, b: [7] }; a + c", 8),
        ("[...'ab'].map((x) => x.toUpperCase()).reverse().join('-')", "B-A"),
        ("'cba'.split('').reverse().join('')", "abc"),
        ("String.fromCharCode(...[104, 105].map((c) => c ^ 0))", "hi"),
        ("atob('aGk=') + Buffer.from('6869', 'hex').toString()", "hihi"),
        ("decodeURIComponent('%68%C3%A9') + unescape('%u0041%42')", "h\u00e9AB"),
        ("'a.b'.replace(/\\./g, '-')", "a-b"),
        ("[]['flat']['constructor']('return 5')()", 5),
        ("(function () { return arguments.length }).apply(null, [1, 2, 3])", 3),
        ("var r; try { throw 3 } catch (e) { r = e + 1 } finally { r *= 2 } r", 8),
        ("switch ('b') { case 'a': 1; case 'b': var q = 2; break; default: q = 3 } q", 2),
        ("var o = { f: function (a, b) { return a(b) } }; o['f'](function (x) { return x * 2 }, 4)", 8),
        ("function F() { this.x = 4 } F.prototype.g = function () { return this.x }; new F().g()", 4),
        ("'\\x68\\u0069'.length", 2),
        ("'\\u{1F600}'.length", 2),
        ("[3, 1, 2].sort((a, b) => a - b).indexOf(3)", 2),
        ("eval('1 + 1')", 2),
    ],
)
def test_values(value_of, source, value):
    got = value_of(source)
    assert got == value
    assert isinstance(got, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    "source",
    [
        "while (true) {}",
        "function f() { return f() } f()",
        "var s = 'a'; while (true) s += s",
        "var a = []; while (true) a.push(a)",
        "'x'.repeat(1e9)",
        "new Array(1e12)",
        "/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')",
        "require('child_process')",
        "process.env.HOME",
        "document.title",
        "class A {}",
        "async () => {}",
        "x.y.z",
        "const a = 1n",
        "[" * 400 + "]" * 400,
        "(" * 3000 + "1" + ")" * 3000,
    ],
)
def test_what_is_not_known_or_too_much_is_unresolved(value_of, source):
    with pytest.raises(Unresolved):
        value_of(source)

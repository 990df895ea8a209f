import pytest

from lazaretto.detect.rules.javascript.disguised_code import RULE
from lazaretto.model.finding import Signal

SCRIPT = "const http = require('http');\nfunction run() { return http; }\nmodule.exports = run;\n"


def test_script_as_font(look):
    path = "public/fonts/fa-solid-400.woff2"
    assert look(RULE, " " * 752 + SCRIPT, path) == [
        (1, "HIGH", "HIGH", "the name fa-solid-400.woff2 promises data, the content is a script")
    ]
    assert look.result(RULE, SCRIPT, path).signals == (Signal("disguised", "js", path),)


@pytest.mark.parametrize(
    "path", ["a/.svn/.DS_Store", "data/words.dict", "img/logo.jpeg", "db/cache.sqlite3", "x/.svn/entries"]
)
def test_other_names(look, path):
    assert [f[1:3] for f in look(RULE, SCRIPT, path)] == [("HIGH", "HIGH")]


def test_powerless_script(look):
    script = (
        "const a = 1;\nfunction b() { return a; }\nconst c = () => { return b(); };\ntry { c(); } catch (e) { b(); }\n"
    )
    assert [f[1:3] for f in look(RULE, script, "a.png")] == [("MEDIUM", "MEDIUM")]
    assert [f[1:3] for f in look(RULE, script, "test/fixtures/a.png")] == [("MEDIUM", "LOW")]


def test_no_suffix_is_only_a_signal(look):
    assert look(RULE, SCRIPT, "bin/tool") == []
    assert look.result(RULE, SCRIPT, "bin/tool").signals == (Signal("unnamed-script", "js", "bin/tool"),)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.js", SCRIPT.encode()),
        ("a.woff2", b"wOF2\0\1\0\0" + b"\0" * 100),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("a.svg", b"<svg><script>const a = require('x'); function b() {} module.exports = 1;</script></svg>"),
        ("a.png", b"this is not really an image, only a fixture"),
        ("a.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        ("words.dict", b"const\nfunction\nlet\nrequire\nprocess\n" * 20),
        ("LICENSE", SCRIPT.encode()),
        ("notes.txt", SCRIPT.encode()),
    ],
)
def test_near_misses(look, path, data):
    result = look.result(RULE, data, path)
    assert (result.findings, result.signals) == ((), ())

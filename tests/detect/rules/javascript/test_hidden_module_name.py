import pytest

from lazaretto.detect.rules.javascript.hidden_module_name import RULE


@pytest.mark.parametrize(
    "source",
    [
        'const ex = require(Buffer.from("Y2hpbGRfcHJvY2Vzcw==", "base64").toString())',
        'const ex = require(atob("Y2hpbGRfcHJvY2Vzcw=="))',
        'const P = s => Buffer.from(s.slice(1), "base64").toString(); const ex = require(P("cY2hpbGRfcHJvY2Vzcw"))',
        'const n = "sse" + "corp_dlihc"; const ex = require("ssecorp_dlihc".split("").reverse().join("")); "base64"',
    ],
)
def test_hidden_names(look, source):
    assert look(RULE, source) == [(1, "HIGH", "HIGH", "loads a module whose name is hidden: child_process")]


def test_joined_name(look):
    assert look(RULE, 'const cp = require("child" + "_process")') == [
        (1, "HIGH", "MEDIUM", "loads a module whose name is hidden: child_process")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'require("child_process"); Buffer.from(x, "base64")',
        'require(path.join(__dirname, "x")); atob(y)',
        'require(name); "base64"',
        'require("f" + "s")',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []

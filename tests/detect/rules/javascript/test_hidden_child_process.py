import pytest

from lazaretto.detect.rules.javascript.hidden_child_process import RULE

HIDDEN = "{ detached: true, stdio: 'ignore', windowsHide: true }"


def test_decoded_program(look):
    source = f"const {{ spawn }} = require('child_process');\nconst c = atob(process.env.C);\nspawn('node', ['-e', c], {HIDDEN}).unref();\n"
    assert look(RULE, source) == [(3, "HIGH", "HIGH", "runs decoded or fetched text in a hidden process")]


def test_program_from_elsewhere(look):
    source = f"const cp = require('child_process'); module.exports = (c) => cp.spawn('python3', ['-c', c], {HIDDEN})"
    assert [f[1:3] for f in look(RULE, source)] == [("HIGH", "MEDIUM")]


def test_font_as_program(look):
    source = "const cp = require('child_process'); cp.spawn(process.execPath, [path.join(__dirname, 'public', 'fa-solid-400.woff2')], {})"
    assert look(RULE, source) == [(1, "HIGH", "HIGH", "starts a program that is stored as public/fa-solid-400.woff2")]


def test_options_under_a_name(look):
    source = f"const cp = require('child_process'); const o = {HIDDEN}; const t = Buffer.from(x, 'base64').toString(); cp.spawn('node', ['-e', t], o)"
    assert [f[1:3] for f in look(RULE, source)] == [("HIGH", "HIGH")]


@pytest.mark.parametrize(
    "source",
    [
        f"const cp = require('child_process'); cp.spawn(process.execPath, [path.join(__dirname, 'check.js')], {HIDDEN}).unref()",
        f"const cp = require('child_process'); cp.spawn('node', ['-e', 'process.exit(0)'], {HIDDEN})",
    ],
)
def test_update_check_is_context(look, source):
    assert [f[1] for f in look(RULE, source)] == ["LOW"]


def test_near_misses(look):
    assert (
        look(RULE, "const cp = require('child_process'); cp.spawn('node', ['server.js'], { stdio: 'inherit' })") == []
    )

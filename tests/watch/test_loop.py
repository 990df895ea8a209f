"""The loop: sensors that fail, files that are full, the object in the package."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from lazaretto.adapters.sensors import ebpf
from lazaretto.adapters.sensors.sensor import Host, SensorError, SensorKind
from lazaretto.app import watch as app
from lazaretto.app.watch import Options
from lazaretto.detect.live.watcher import Settings
from lazaretto.model.host import Kind, Lost, Observed

BUILD = Path(__file__).resolve().parents[2] / "tools" / "build_bpf.sh"


class Sensor:
    """Tells what it was given, one reading after another; an exception is raised."""

    def __init__(self, ident, readings):
        self.id = ident
        self.readings = list(readings)
        self.closed = False

    def fileno(self):
        return -1

    def due(self):
        return 0.0

    def read(self):
        one = self.readings.pop(0) if self.readings else []
        if isinstance(one, Exception):
            raise one
        return one

    def close(self):
        self.closed = True


def kind(sensor, missing=None):
    return SensorKind(sensor.id, sensor.id, "", "", "", lambda _: missing, lambda _: sensor)


def run(monkeypatch, *sensors, **options):
    monkeypatch.setattr(app, "KINDS", tuple(kind(one) for one in sensors))
    monkeypatch.setattr(app, "snapshot", lambda *_: [])
    told, notes = [], []
    tally = app.watch(Options(seconds=0.5, **options), told.append, notes.append)
    return tally, told, [note.english() for note in notes]


def lure(at):
    """What the program in the kernel tells when a package's script speaks with a stranger."""
    env = (("npm_lifecycle_event", "postinstall"), ("npm_package_name", "graph-x"), ("npm_package_version", "2.2.9"))
    cwd = "/home/dev/p/node_modules/graph-x"
    return [
        Observed(at, "t", Kind.EXEC, 10, 1, 5, 1000, "/usr/bin/node", ("node", "/usr/bin/npm", "ci"), "/home/dev/p"),
        Observed(at, "t", Kind.EXEC, 11, 10, 6, 1000, "/usr/bin/dash", ("sh", "-c", "x"), cwd, env),
        Observed(at, "t", Kind.CONNECT, 11, path="192.0.2.7:1224"),
    ]


def test_a_sensor_that_dies_is_told_and_the_others_go_on(monkeypatch):
    bad = Sensor("bad", [SensorError("it broke")])
    good = Sensor("good", [[], [], [], lure(time.time())])
    tally, told, notes = run(monkeypatch, bad, good)
    assert any("bad died: it broke" in note for note in notes)
    assert bad.closed
    assert good.closed
    assert {one.finding.rule for one in told} >= {"run/c2-port"}
    assert Lost("bad", 1, "dead") in tally.lost


def test_the_last_sensor_that_dies_ends_the_watch(monkeypatch):
    with pytest.raises(SensorError, match="last sensor"):
        run(monkeypatch, Sensor("bad", [OSError(5, "input/output error")]))


def test_no_sensor_is_an_error(monkeypatch):
    with pytest.raises(SensorError, match="no sensor runs"):
        run(monkeypatch)


def test_a_recording_on_a_full_disk_ends_nothing(monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    _, told, notes = run(monkeypatch, Sensor("good", [lure(time.time())]), record=Path("/dev/full"))
    assert told
    assert any("recording" in note for note in notes)


def test_a_state_that_is_locked_is_an_error(monkeypatch, tmp_path):
    from lazaretto.adapters.watching.state import State, StateError

    state = State(tmp_path / "alerts.jsonl")
    with pytest.raises(StateError):
        run(monkeypatch, Sensor("good", []), state=tmp_path / "alerts.jsonl")
    state.close()


def test_alerts_are_on_the_disk_when_they_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(app, "KINDS", (kind(Sensor("good", [lure(time.time())])),))
    monkeypatch.setattr(app, "snapshot", lambda *_: [])
    seen = []
    path = tmp_path / "alerts.jsonl"
    app.watch(Options(seconds=0.5, state=path), lambda one: seen.append(one.id in path.read_text()), lambda _: None)
    assert seen
    assert all(seen)


def test_a_relative_path_is_completed_by_the_programs_folder(tmp_path):
    kernel = ebpf.Kernel.__new__(ebpf.Kernel)
    kernel._folders = {}
    assert kernel._whole(os.getpid(), 1, 0xFFFFFF9C, "x/../y") == f"{os.getcwd()}/y"  # noqa: PTH109
    handle = os.open(tmp_path, os.O_RDONLY)
    assert kernel._whole(os.getpid(), 1, handle, "z") == f"{tmp_path}/z"
    os.close(handle)
    assert kernel._whole(0, 1, 0xFFFFFF9C, "x") == ""


@pytest.mark.watch
@pytest.mark.skipif(shutil.which("clang-14") is None, reason="needs clang 14")
def test_the_object_in_the_package_is_what_its_source_gives(tmp_path):
    made = tmp_path / "o"
    subprocess.run([BUILD, made], check=True)
    assert made.read_bytes() == ebpf._OBJECT.read_bytes()


@pytest.mark.parametrize("data", [b"", b"\x02\x00" + bytes(14), b"\x0a\x00" + bytes(10), bytes(28), b"\xff" * 28])
def test_any_address(data):
    assert ebpf._address(data) in ("", "0.0.0.0:0")


def test_settings_are_data():
    assert Settings().decoys == frozenset()
    assert Host().busy() == 0

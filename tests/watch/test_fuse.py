"""Bait behind a file system of its own: who reads it is told; a killed watcher leaves nothing behind."""

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.adapters.sensors.fuse_decoys import KIND, FuseDecoys, Node, tidy
from lazaretto.adapters.sensors.sensor import Host
from lazaretto.model.host import Kind

CODES = (1, 2, 3, 14, 15, 17, 18, 25, 26, 27, 28, 29, 34, 36, 38, 42, 99)


@pytest.fixture
def bait(tmp_path):
    folder = tmp_path / ".config"
    (folder / "Exodus").mkdir(parents=True)
    (folder / "Exodus" / "seed").write_bytes(b"bait" * 5000)
    (folder / "empty").mkdir()
    return folder


def host(folder):
    return Host(decoys=(str(folder / "Exodus" / "seed"),), bait_folders=(str(folder), str(folder / "Exodus")))


@pytest.mark.watch
def test_who_reads_is_told_and_the_files_come_back(bait):
    if KIND.missing(host(bait)) is not None or not os.access("/dev/fuse", os.F_OK):
        pytest.skip("needs fusermount3")
    sensor = KIND.open(host(bait))
    try:
        words = (
            "import sys, os; p = sys.argv[1]; print(len(open(p, 'rb').read()), sorted(os.listdir(os.path.dirname(p))))"
        )
        path = str(bait / "Exodus" / "seed")
        child = subprocess.Popen([sys.executable, "-c", words, path], stdout=subprocess.PIPE, text=True)
        assert child.communicate(timeout=20)[0].strip() == "20000 ['seed']"
        seen = list(sensor.read())
        assert [(one.kind, one.pid, one.path) for one in seen] == [(Kind.DECOY, child.pid, path)]
        assert seen[0].started
        with pytest.raises(OSError):
            (bait / "Exodus" / "new").write_text("x")
        assert not (bait / "none").exists()
    finally:
        sensor.close()
    assert (bait / "Exodus" / "seed").read_bytes() == b"bait" * 5000
    assert list(bait.iterdir())


@pytest.mark.watch
def test_what_a_killed_watcher_left_is_taken_away(bait):
    if KIND.missing(host(bait)) is not None:
        pytest.skip("needs fusermount3")
    code = (
        "import sys, time; from lazaretto.adapters.sensors.fuse_decoys import KIND;"
        "from lazaretto.adapters.sensors.sensor import Host; f = sys.argv[1];"
        "KIND.open(Host(decoys=(f + '/Exodus/seed',), bait_folders=(f,))); print('up', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(bait)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "up\n"
    child.kill()
    child.wait()
    child.stdout.close()
    time.sleep(0.2)
    tidy([str(bait)])
    assert (bait / "Exodus" / "seed").read_bytes()[:4] == b"bait"


@given(st.sampled_from(CODES), st.integers(0, 3), st.binary(max_size=80))
def test_any_request_is_answered(code, number, body):
    sensor = FuseDecoys.__new__(FuseDecoys)
    sensor._nodes = {(5, 1): Node(1, "/x", None), (5, 2): Node(2, "/x/y", b"content")}
    sensor._tell = lambda *_: None
    request = struct.pack("=IIQQIIIHH", 40 + len(body), code, 7, number, 0, 0, 1, 0, 0) + body
    answer = sensor._reply_to(5, request)
    assert answer is None or struct.unpack_from("=I", answer)[0] == len(answer)


def test_a_mount_needs_bait():
    assert KIND.missing(Host(bait_folders=("/nonexistent",), decoys=("/nonexistent/x",))) is not None
    assert Path("/").is_dir()


@pytest.mark.watch
def test_bait_that_is_served_is_not_watched_twice(bait):
    from lazaretto.adapters.sensors.inotify_decoys import InotifyDecoys

    there = host(bait)
    (bait.parent / "other").write_text("x")
    there.decoys += (str(bait.parent / "other"),)
    there.served.add(str(bait))
    sensor = InotifyDecoys(there)
    (bait / "Exodus" / "seed").read_bytes()
    (bait.parent / "other").read_bytes()
    seen = [one.path for one in sensor.read()]
    sensor.close()
    assert seen == [str(bait.parent / "other")]

"""Files that grow and are rotated, pipes that close; no line is lost or told twice."""

import json
import os
import time

import pytest

from lazaretto.adapters.sensors.sensor import SensorError
from lazaretto.adapters.streams import source
from lazaretto.adapters.streams.source import StreamEndedError, StreamSource
from lazaretto.adapters.streams.stream import LONGEST_LINE


def line(pid):
    process = {"pid": pid, "binary": f"/bin/p{pid}", "arguments": ""}
    return (
        json.dumps({"process_exec": {"process": process, "parent": {}}, "time": "2024-05-01T08:00:00Z"}).encode()
        + b"\n"
    )


def pids(one):
    return [seen.pid for seen in one.read()]


def test_a_growing_file_is_followed_from_its_end_over_rotation(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(line(1))
    one = StreamSource("tetragon", str(path))
    assert one.fileno() == -1
    assert one.due() < time.monotonic() + 1
    assert pids(one) == []
    with path.open("ab") as file:
        file.write(line(2) + line(3)[:20])
    assert pids(one) == [2]
    with path.open("ab") as file:
        file.write(line(3)[20:])
    assert pids(one) == [3]
    path.rename(tmp_path / "log.1")
    assert pids(one) == []
    path.write_bytes(line(4))
    assert pids(one) == [4]
    path.write_bytes(b"")
    assert pids(one) == []
    with path.open("ab") as file:
        file.write(line(5))
    assert pids(one) == [5]
    one.close()
    assert not one.stream.tally.unread


def test_a_file_may_be_read_whole(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(line(1) + line(2).rstrip())
    one = StreamSource("tetragon", str(path), whole=True)
    assert pids(one) == [1]
    assert [seen.pid for seen in one.finish()] == [2]
    one.close()


def test_a_pipe_is_waited_for_and_its_end_is_told(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    one = StreamSource("tetragon", str(path))
    writer = os.open(path, os.O_WRONLY)
    os.write(writer, line(1) + line(2)[:-1])
    assert one.fileno() >= 0
    assert pids(one) == [1]
    assert one.due() < time.monotonic() + 2
    os.close(writer)
    seen = []
    with pytest.raises(StreamEndedError, match="ended"):
        seen.extend(item.pid for item in one.read())
    one.close()


def test_records_that_wait_are_told_when_it_is_quiet(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "QUIET", 0.0)
    path = tmp_path / "audit.log"
    path.write_bytes(b"")
    one = StreamSource("auditd", str(path))
    with path.open("ab") as file:
        file.write(
            b'type=SYSCALL msg=audit(1.5:7): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=9 uid=0 exe="/bin/x"\n'
        )
    assert pids(one) == []
    assert pids(one) == [9]
    one.close()


def test_a_line_without_end_is_bounded(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"x" * (3 * LONGEST_LINE) + b"\n" + line(1))
    one = StreamSource("tetragon", str(path), whole=True)
    assert [pid for _ in range(5) for pid in pids(one)] == [1]
    assert one.stream.tally.unread == {"line too long": 1}
    one.close()


def test_what_cannot_be_opened_is_told(tmp_path):
    with pytest.raises(SensorError, match="there is no stream sysdig; there are auditd"):
        StreamSource("sysdig", "-")
    with pytest.raises(SensorError, match="No such file"):
        StreamSource("falco", str(tmp_path / "absent"))

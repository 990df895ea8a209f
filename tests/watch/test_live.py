"""The real sensors of this computer, without root: an inert package is installed in a test home, on loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lazaretto.adapters.sensors import process_connector, sock_diag
from lazaretto.adapters.sensors.catalog import KINDS
from lazaretto.adapters.sensors.sensor import Host
from lazaretto.model.host import Kind

C2 = ("127.66.0.6", 8443)
SETUP = """
const net = require('net'), cp = require('child_process');
for (const path of process.env.BAIT.split(':')) require('fs').readFileSync(path);
cp.execFileSync(process.env.CURL, ['0.1']);
const s = net.connect(8443, '127.66.0.6', () => setTimeout(() => s.destroy(), 300));
s.on('error', () => {});
"""


def test_every_sensor_module_is_listed():
    folder = Path(process_connector.__file__).parent
    with_kind = {path.stem for path in folder.glob("*.py") if "\nKIND = " in path.read_text(encoding="utf-8")}
    assert with_kind == {kind.open.__module__.rpartition(".")[2] for kind in KINDS}
    assert len({kind.id for kind in KINDS}) == len(KINDS)


@pytest.mark.watch
def test_the_process_connector_tells_of_a_program():
    sensor = process_connector.KIND.open(Host())
    list(sensor.read())
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3)"])
    seen = []
    ends = time.monotonic() + 5
    while time.monotonic() < ends and not any(one.kind is Kind.EXIT and one.pid == child.pid for one in seen):
        seen += [one for one in sensor.read() if getattr(one, "pid", 0) == child.pid]
        child.poll()
        time.sleep(0.01)
    sensor.close()
    kinds = [one.kind for one in seen]
    assert kinds == [Kind.FORK, Kind.EXEC, Kind.EXIT]
    assert seen[1].argv[1:] == ("-c", "import time; time.sleep(0.3)")
    assert seen[1].started > 0
    assert abs(seen[1].at - time.time()) < 6


@pytest.mark.watch
def test_connections_are_found_with_their_program():
    server = socket.create_server(("127.0.0.1", 0))
    sensor = sock_diag.KIND.open(Host(watched=lambda: {os.getpid()}, busy=lambda: 2))
    client = socket.create_connection(server.getsockname())
    seen = {(one.kind, one.path) for one in sensor.read()}
    where = f"127.0.0.1:{server.getsockname()[1]}"
    assert {(Kind.CONNECT, where), (Kind.LISTEN, where)} <= seen
    assert sensor.read() == () or (Kind.CONNECT, where) not in {(one.kind, one.path) for one in sensor.read()}
    client.close()
    server.close()
    sensor.close()


def serve(stop):
    server = socket.create_server(C2)
    server.settimeout(0.2)
    while not stop.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        threading.Timer(0.5, connection.close).start()
    server.close()


@pytest.mark.watch
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
@pytest.mark.parametrize("user", ["nobody", "root"])
def test_an_inert_lure_is_told_within_a_second(user, unprivileged):
    root = os.getuid() == 0
    if user == "root" and not root:
        pytest.skip("needs root")
    folder = unprivileged
    (folder / "home").mkdir()
    lure = folder / "lure" / "graph-x"
    lure.mkdir(parents=True)
    (lure.parent / "package.json").write_text(
        '{"name": "lure", "version": "1.0.0", "dependencies": {"graph-x": "file:./graph-x"}}'
    )
    (lure / "package.json").write_text(
        '{"name": "graph-x", "version": "2.2.9", "scripts": {"postinstall": "node setup.js"}}'
    )
    (lure / "setup.js").write_text(SETUP)
    shutil.copy("/bin/sleep", folder / "curl")
    if root:
        os.seteuid(0)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "CURL": str(folder / "curl"), "LANG": "C.UTF-8", "npm_config_cache": str(folder / "cache"),
    }  # fmt: skip

    def start(*words, **more):
        drop = {"user": 65534, "group": 65534, "extra_groups": []} if root and user == "nobody" else {}
        return subprocess.Popen(words, env=environment, text=True, **drop, **more)

    program = (sys.executable, "-m", "lazaretto", "watch")
    assert start(*program, "bait", "-q", stdout=subprocess.DEVNULL).wait(60) == 0
    ledger = folder / "home/.local/share/lazaretto/watch/bait.json"
    bait = [path for path in json.loads(ledger.read_text())["files"] if "Login Data" in path or "Exodus" in path]
    environment["BAIT"] = ":".join(bait)
    errors = (folder / "err").open("w")
    watcher = start(
        *program,
        "--drill",
        "--format",
        "jsonl",
        "--registry",
        "registry.example.test",
        stdout=subprocess.PIPE,
        stderr=errors,
    )
    errors.close()
    ends = time.monotonic() + 60
    while "watching with" not in (told := (folder / "err").read_text()):
        assert watcher.poll() is None, told
        assert time.monotonic() < ends, told
        time.sleep(0.1)
    stop = threading.Event()
    server = threading.Thread(target=serve, args=(stop,))
    server.start()
    install = start(
        "npm",
        "install",
        "--offline",
        "--no-audit",
        "--no-fund",
        "--install-links=false",
        cwd=lure.parent,
        stdout=subprocess.DEVNULL,
    )
    install.wait(60)
    time.sleep(1.5)
    watcher.terminate()
    out, _ = watcher.communicate(timeout=20)
    err = (folder / "err").read_text()
    stop.set()
    server.join()
    alerts = {one["rule"]: one for one in map(json.loads, out.splitlines())}
    assert {"run/decoy-read", "run/install-connects", "run/script-runs-inline"} <= set(alerts), (alerts, err)
    if "fuse-decoys, " in err or "ebpf" in err:  # else nobody may be named: the reader is gone at once
        assert alerts["run/decoy-read"]["chain"][-1]["path"].endswith("node")
    assert len([line for line in out.splitlines() if "run/decoy-read" in line]) <= len(bait)
    for one in (alerts["run/install-connects"], alerts["run/script-runs-inline"]):
        assert (one["package"], one["script"], one["phase"], one["tool"]) == (
            "npm:graph-x@2.2.9",
            "postinstall",
            "install",
            "npm",
        )
        assert one["latency_ms"] < 1000
    assert alerts["run/install-connects"]["targets"] == ["host-0-6.drill.test:8443"]
    assert [step["path"].rpartition("/")[2] for step in alerts["run/install-connects"]["chain"]][-2:] == [
        "dash",
        "node",
    ]

"""What goes wrong behind, in front of and inside the gate: a true status, nothing unexamined served, nothing lost."""

import contextlib
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .packages import NpmPackage, NpmVersion, world
from .running import Gate, gate, registries
from .upstream import Fault, Upstream

PLAIN = {"Content-Encoding": "identity", "ETag": '"broken"'}
TGZ = "/lz-plain/-/lz-plain-1.0.0.tgz"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(world()) as running:
        yield running


@pytest.fixture(scope="module")
def behind() -> Iterator[Upstream]:
    with Upstream(world()) as running:
        yield running


@pytest.fixture(scope="module")
def steady(behind: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("steady")
    with gate(folder, registries(behind.url), metadata_seconds=0.0, document_bytes=2 << 20) as running:
        yield running


@pytest.fixture
def quick(steady: Gate, behind: Upstream) -> Gate:
    """The same gate for many tests, as if it had fetched nothing yet."""
    behind.faults.clear()
    keeper = steady.keeper
    keeper.sources._absent.clear()
    keeper.rules._spoiled.clear()
    keeper.artifacts._verified.clear()
    for path in (keeper.artifacts.blobs.folder / "blobs").rglob("*"):
        for _ in range(100):  # an answer may be on its way still
            if not path.is_file() or keeper.artifacts.blobs.drop(f"sha256:{path.name}"):
                break
            time.sleep(0.05)
    keeper.sources.documents.drop(f"{behind.url}/lz-plain")
    return steady


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(500), 502),
        (Fault(503), 503),
        (Fault(429), 503),
        (Fault(401), 502),
        (Fault(403), 502),
        (Fault(404), 404),
        (Fault(410), 404),
        (Fault(body=b"<html>login</html>", content_type="text/html", headers=PLAIN), 502),
        (Fault(body=b"{", headers=PLAIN), 502),
        (Fault(body=b"", headers=PLAIN), 502),
        (Fault(body=b"[" * 200_000, headers=PLAIN), 502),
        (Fault(body=b'{"name":"lz-other","versions":{}}', headers=PLAIN), 502),
        (Fault(body=b"\xff\xfe{", headers=PLAIN), 502),
        (Fault(reset_after=20), 502),
        (Fault(length=10_000_000), 502),
        (Fault(endless=8 << 20), 502),
        (Fault(302, headers={"Location": "http://203.0.113.1:1/x"}, times=0), 200),
        (Fault(302, headers={"Location": "/lz-plain"}), 502),
        (Fault(body=gzip.compress(b" " * (64 << 20), mtime=0), headers={"Content-Encoding": "gzip"}), 502),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_broken_document(quick: Gate, behind: Upstream, fault: Fault, status: int) -> None:
    behind.faults["/lz-plain"] = fault
    reply = quick.get("/lz-plain")
    assert reply.status == status
    assert reply.reason.isascii()
    if status != 200:
        assert reply.json["error"]
        assert quick.get(TGZ).status == status
    behind.faults.clear()
    quick.keeper.sources._absent.clear()
    assert quick.get(TGZ).status == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(500), 502),
        (Fault(404), 404),
        (Fault(reset_after=30), 502),
        (Fault(length=100_000), 502),
        (Fault(body=b"something else"), 403),
        (Fault(body=b""), 403),
        (Fault(endless=1 << 20), 403),
        (Fault(headers={"Content-Encoding": "gzip"}), 502),
        (Fault(302, headers={"Location": "file:///etc/passwd"}), 502),
        (Fault(302, headers={"Location": TGZ}), 502),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_broken_file(quick: Gate, behind: Upstream, fault: Fault, status: int) -> None:
    behind.faults[TGZ] = fault
    reply = quick.get(TGZ)
    assert reply.status == status
    assert reply.json["error"]
    behind.faults.clear()
    quick.keeper.rules._spoiled.clear()
    quick.keeper.rules._marks.clear()
    assert quick.get(TGZ).status == 200
    assert not [path for path in (quick.keeper.artifacts.blobs.folder / "tmp").iterdir() if path.is_file()]


def test_what_was_allowed_is_served_while_the_upstream_is_down(upstream: Upstream, tmp_path: Path) -> None:
    with gate(tmp_path, registries(upstream.url), metadata_seconds=0.0) as running:
        assert running.get(TGZ).status == 200
        upstream.faults["*"] = Fault(500)
        assert running.get("/lz-plain").status == 200
        assert running.get(TGZ).status == 200
        assert running.get("/lz-plain/-/lz-plain-1.1.0.tgz").status == 502
        assert running.get("/lz-leaf").status == 502
    with gate(tmp_path, registries(upstream.url), offline=True) as running:
        assert running.get(TGZ).status == 200
        assert running.get("/lz-plain/-/lz-plain-1.1.0.tgz").status == 504
        assert running.get("/lz-leaf").status == 502


def test_nobody_is_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with gate(tmp_path, registries(f"http://127.0.0.1:{port}")) as running:
        reply = running.get("/lz-plain")
        assert reply.status == 502
        assert "cannot be reached" in reply.reason
        assert running.get("/-/lazaretto/health").status == 200


def test_a_slow_examination_makes_the_client_come_again(upstream: Upstream, tmp_path: Path) -> None:
    with gate(tmp_path, registries(upstream.url), hold_seconds=0.0) as running:
        first = running.get(TGZ)
        assert first.status == 503
        assert first.headers["retry-after"] == "2"
        for _ in range(100):
            if running.get(TGZ).status == 200:
                break
            time.sleep(0.1)
        assert running.get(TGZ).status == 200
        assert running.keeper.artifacts.examiner.done == 1


def test_a_worker_that_dies_costs_its_file_and_nothing_else(upstream: Upstream, tmp_path: Path) -> None:
    with gate(tmp_path, registries(upstream.url)) as running:
        assert running.get(TGZ).status == 200
        for worker in list(running.keeper.artifacts.examiner._all):
            worker.process.kill()
        reply = running.get("/lz-leaf/-/lz-leaf-2.0.0.tgz")
        assert reply.status == 403
        assert reply.json["clause"] == "examination"
        assert running.get("/lz-leaf/-/lz-leaf-2.0.1.tgz").status == 200


def test_a_client_that_goes_away_harms_nobody(upstream: Upstream, tmp_path: Path) -> None:
    big = NpmPackage("lz-big", (NpmVersion("1.0.0", files={"data.bin": os.urandom(6 << 20).hex()}),))
    upstream.put(big)
    with gate(tmp_path, registries(upstream.url)) as running:
        host, port = running.host.split(":")
        for _ in range(6):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(b"GET /lz-big/-/lz-big-1.0.0.tgz HTTP/1.1\r\nHost: x\r\n\r\n")
                client.settimeout(0.05)
                with contextlib.suppress(OSError):
                    client.recv(100)
        assert running.get("/lz-big/-/lz-big-1.0.0.tgz").status == 200
        assert upstream.paths().count("/lz-big/-/lz-big-1.0.0.tgz") == 1
        assert running.keeper.artifacts.examiner.done == 1


def test_ten_thousand_versions(upstream: Upstream, tmp_path: Path) -> None:
    document = upstream.packument(upstream.npm["lz-plain"])
    one = document["versions"]["1.0.0"]
    versions, times = {}, {}
    for number in range(10_000):
        name = f"1.0.{number}"
        versions[name] = {**one, "version": name, "_id": f"lz-plain@{name}"}
        times[name] = "2020-01-01T00:00:00.000Z"
    document["versions"], document["time"] = versions, {"created": "2020-01-01T00:00:00.000Z", **times}
    document["dist-tags"] = {"latest": "1.0.9999"}
    upstream.faults["/lz-plain"] = Fault(body=json.dumps(document).encode(), headers=PLAIN)
    with gate(tmp_path, registries(upstream.url)) as running:
        reply = running.get("/lz-plain")
        assert reply.status == 200
        assert len(reply.json["versions"]) == 10_000


def test_a_disk_without_room_serves_nothing_unexamined(upstream: Upstream, tmp_path: Path) -> None:
    with gate(tmp_path, registries(upstream.url)) as running:
        disk = running.keeper.artifacts.blobs.disk

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        real = disk.write
        disk.write = full  # type: ignore[method-assign]
        reply = running.get(TGZ)
        assert reply.status == 503
        disk.write = real  # type: ignore[method-assign]
        assert running.get(TGZ).status == 200


def test_the_store_away_for_a_moment(upstream: Upstream, tmp_path: Path) -> None:
    from lazaretto.adapters.gate_store.place import GateStoreError, Trouble

    with gate(tmp_path, registries(upstream.url)) as running:
        assert running.get(TGZ).status == 200
        store = running.keeper.backend.store
        real = store._db

        class Away:
            server = False

            def read(self, _: object) -> object:
                raise GateStoreError(Trouble.GONE, "the database does not answer")

            def write(self, _: object, *, durable: bool = False) -> object:
                raise GateStoreError(Trouble.GONE, "the database does not answer")

            def close(self) -> None:
                return

        store._db = Away()  # type: ignore[assignment]
        time.sleep(1.3)
        assert running.get("/-/lazaretto/health").status == 503
        assert running.get(TGZ).status == 200  # known, examined, allowed
        assert running.get("/lz-leaf/-/lz-leaf-2.0.0.tgz").status == 503
        refused = running.get("/lz-fresh/-/lz-fresh-1.2.0.tgz")
        assert refused.status in (403, 503)
        store._db = real
        time.sleep(1.5)
        assert running.get("/-/lazaretto/health").status == 200
        assert running.get("/lz-leaf/-/lz-leaf-2.0.0.tgz").status == 200
        time.sleep(0.6)
        decided = running.admin("log?limit=1000").json["decisions"]
        assert [one["purl"] for one in decided].count("pkg:npm/lz-plain@1.0.0") == 2


def test_two_gates_on_one_store_examine_once_and_follow_each_other(upstream: Upstream, tmp_path: Path) -> None:
    store = str(tmp_path / "gate.sqlite3")
    one = gate(tmp_path / "one", registries(upstream.url), store=store)
    other = gate(tmp_path / "other", registries(upstream.url), store=store)
    with one as first, other as second:
        replies: list[int] = []
        threads = [
            threading.Thread(target=lambda which=which: replies.append(which.get(TGZ).status))  # type: ignore[misc]
            for which in (first, second) * 6
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(replies) == {200}
        done = first.keeper.artifacts.examiner.done + second.keeper.artifacts.examiner.done
        assert done == 1
        path = "/lz-fresh/-/lz-fresh-1.2.0.tgz"
        assert second.get(path).status == 403
        wanted = {
            "subject": "npm:lz-fresh@1.2.0",
            "clauses": ["age"],
            "reason": "r",
            "owner": "kim",
            "approved_by": "lee",
        }
        assert first.admin("approvals", "POST", wanted).status == 201
        begun = time.monotonic()
        while second.get(path).status != 200:
            assert time.monotonic() - begun < 2.0
            time.sleep(0.05)


@pytest.mark.slow
def test_killed_in_the_middle_and_started_again(upstream: Upstream, tmp_path: Path) -> None:
    """Every refusal that a client heard of is in the log; no half file is served; the same folder works again."""
    environment = {**os.environ, "HOME": str(tmp_path), "LAZARETTO_GATE_STORE": str(tmp_path / "gate.sqlite3")}
    environment |= {"LAZARETTO_STORE": "off", "PYTHONPATH": os.pathsep.join(sys.path)}
    heard: list[str] = []
    for round_ in range(4):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "lazaretto", "gate", "serve", "--port", str(port), "--npm", upstream.url]
        command += ["--pypi", f"{upstream.url}/simple/", "--cache", str(tmp_path / "cache")]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        client = Gate(f"http://127.0.0.1:{port}", None)  # type: ignore[arg-type]
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    if client.get("/-/ping").status == 200:
                        break
                time.sleep(0.05)
            stop = threading.Event()

            def ask(stop: threading.Event = stop, client: Gate = client, round_: int = round_) -> None:
                number = 0
                while not stop.is_set():
                    number += 1
                    ident = f"r{round_}-{number}"
                    with contextlib.suppress(OSError, Exception):
                        reply = client.get("/lz-fresh/-/lz-fresh-1.2.0.tgz", X_Request_Id=ident)
                        if reply.status == 403:
                            heard.append(ident)
                        client.get(TGZ)

            threads = [threading.Thread(target=ask) for _ in range(3)]
            for thread in threads:
                thread.start()
            time.sleep(1.0 + 0.2 * round_)
            process.send_signal(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join(10)
        finally:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()
    assert heard
    with gate(
        tmp_path / "again", registries(upstream.url), store=str(tmp_path / "gate.sqlite3"), cache=tmp_path / "cache"
    ) as running:
        assert running.get(TGZ).status == 200
        logged: set[str] = set()
        after = ""
        while True:
            page = running.admin(f"log?limit=1000&outcome=quarantine&after={after}").json
            logged |= {one["request"] for one in page["decisions"]}
            after = page["after"]
            if not after:
                break
    assert set(heard) <= logged

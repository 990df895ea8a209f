"""Several gates on one PostgreSQL: one examination, one truth, and a database that goes away for a while."""

import importlib.util
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .packages import world
from .running import gate, registries
from .upstream import Upstream

pytestmark = pytest.mark.postgres

_spec = importlib.util.spec_from_file_location(
    "postgres", Path(__file__).parent.parent / "adapters/gate_store/postgres.py"
)
assert _spec is not None
_module = importlib.util.module_from_spec(_spec)
assert _spec.loader is not None
_spec.loader.exec_module(_module)
Postgres = _module.Postgres

TGZ = "/lz-plain/-/lz-plain-1.0.0.tgz"
FRESH = "/lz-fresh/-/lz-fresh-1.2.0.tgz"
WANTED = {"subject": "npm:lz-fresh@1.2.0", "clauses": ["age"], "reason": "r", "owner": "kim", "approved_by": "lee"}


@pytest.fixture
def server() -> Iterator[Any]:
    server = Postgres()
    server.start()
    yield server
    server.stop()
    server.remove()


def test_three_replicas_examine_once_and_agree_within_two_seconds(server: Any, tmp_path: Path) -> None:
    with (
        Upstream(world()) as upstream,
        gate(tmp_path / "a", registries(upstream.url), store=server.url) as one,
        gate(tmp_path / "b", registries(upstream.url), store=server.url) as two,
        gate(tmp_path / "c", registries(upstream.url), store=server.url) as three,
    ):
        replicas = (one, two, three)
        seen: list[int] = []
        threads = [
            threading.Thread(target=lambda which=which: seen.append(which.get(TGZ).status))  # type: ignore[misc]
            for which in replicas * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(seen) == {200}
        assert sum(which.keeper.artifacts.examiner.done for which in replicas) == 1
        assert {which.get(FRESH).status for which in replicas} == {403}
        made = one.admin("approvals", "POST", WANTED)
        assert made.status == 201
        begun = time.monotonic()
        while {which.get(FRESH).status for which in replicas} != {200}:
            assert time.monotonic() - begun < 2.0
            time.sleep(0.05)
        two.admin(f"approvals/{made.json['id']}", "DELETE")
        begun = time.monotonic()
        while {which.get(FRESH).status for which in replicas} != {403}:
            assert time.monotonic() - begun < 2.0
            time.sleep(0.05)
        decided = three.admin("log?outcome=quarantine&limit=1000").json["decisions"]
        assert {one["purl"] for one in decided} == {"pkg:npm/lz-fresh@1.2.0"}


def test_the_database_away_for_a_while_loses_nothing(server: Any, tmp_path: Path) -> None:
    with Upstream(world()) as upstream, gate(tmp_path, registries(upstream.url), store=server.url) as running:
        assert running.get(TGZ).status == 200
        time.sleep(0.6)
        server.stop()
        time.sleep(1.5)
        assert running.get("/-/lazaretto/health").status == 503
        assert running.get(TGZ, X_Request_Id="while-away").status == 200  # known, examined, allowed
        assert running.get("/lz-leaf/-/lz-leaf-2.0.0.tgz").status == 503  # would have to be examined
        server.start()
        for _ in range(60):
            if running.get("/-/lazaretto/health").status == 200:
                break
            time.sleep(0.2)
        assert running.get("/-/lazaretto/health").status == 200
        assert running.get("/lz-leaf/-/lz-leaf-2.0.0.tgz").status == 200
        time.sleep(0.8)
        requests = [one["request"] for one in running.admin("log?limit=1000").json["decisions"]]
        assert requests.count("while-away") == 1

"""Several processes on one store; some of them are killed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import lazaretto
from lazaretto.adapters.gate_store import GateStore
from lazaretto.adapters.gate_store.decisions import Query

from .conftest import NOW, sha512

pytestmark = pytest.mark.slow
WORKER = Path(__file__).with_name("worker.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(lazaretto.__file__).parent.parent)}


HOLDER = """
import sys, time
from lazaretto.adapters.gate_store import GateStore
print(GateStore(sys.argv[1]).lease('k', 'holder', 1.5), flush=True)
time.sleep(60)
"""


def start(task, where, *arguments):
    command = [sys.executable, str(WORKER), task, where, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)


def test_eight_processes_examine_each_digest_once(where):
    """They also start on a store that none of them has made yet."""
    workers = [start("examine", where, f"w{number}", 200) for number in range(8)]
    outputs = [worker.communicate(timeout=120)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 8
    assert Counter(number for output in outputs for number in output) == Counter(map(str, range(200)))
    store = GateStore(where)
    assert len(store.examinations([sha512(number) for number in range(200)])) == 200
    store.close()


def test_killed_while_writing(where):
    GateStore(where).close()
    rng = random.Random(7)
    written = {}
    for turn in range(12):
        names = [f"a{turn}", f"b{turn}"]  # two gates at once
        workers = [start("log", where, name, 200) for name in names]
        for worker in workers:
            assert worker.stdout.readline() == "0\n"
        time.sleep(rng.uniform(0.0, 0.4))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        for name, worker in zip(names, workers, strict=True):
            written[name] = int(([0] + [int(line) for line in worker.communicate()[0].split()])[-1])
    store = GateStore(where)
    total = 0
    for name, last in written.items():
        found, after = Counter(), ""
        while True:
            page = store.decisions(Query(purl=f"pkg:npm/{name}@"), limit=5000, after=after)
            found.update(int(one.request.partition("-")[2]) for one in page.decisions)
            after = page.after
            if not after:
                break
        # all that was acknowledged is there, each batch whole, and at most the one that was under way
        assert set(found) in (set(range(last + 1)), set(range(last + 2))), name
        assert set(found.values()) == {200}
        total += sum(found.values())
    assert sum(one.number for one in store.counts(None, NOW)) == total
    assert store.lease("k", "me", 1), "no lock is left"
    store.close()
    if "://" not in where:
        with sqlite3.connect(where) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()


def test_a_lease_whose_holder_was_killed(where):
    store = GateStore(where)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, where],
        stdout=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    assert holder.stdout.readline() == "True\n"
    holder.kill()
    holder.communicate()
    assert not store.lease("k", "heir", 30)
    time.sleep(1.6)
    assert store.lease("k", "heir", 30)
    store.close()

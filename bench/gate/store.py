"""Measure the gate's store with a million decisions: writing, asking, size; and what every request costs.

    python bench/gate/store.py [--decisions 1000000] [--store FILE-OR-URL] [--batch 500]

Without --store a SQLite file in a temporary folder. Latencies are wall time, median and worst of several runs; the
questions come from a connection that did not write. Nothing is written outside the store.
"""

import argparse
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lazaretto.adapters.gate_store import GateStore
from lazaretto.adapters.gate_store.decisions import Query
from lazaretto.model.gate import Decided, Examined
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
REASON = Message.of("published {hours} hours ago; this gate waits {wait}", {"hours": 7, "wait": 72})
CLAUSES = ("malware", "age", "scripts", "typosquat", "provenance", "examination")


def decisions(count: int, rng: random.Random):
    """Thirty days of them; 4 % are refused; few packages are asked for often, many rarely."""
    step = timedelta(days=30) / count
    for number in range(count):
        package = int(rng.paretovariate(0.6)) % 40_000
        name = f"pkg:npm/package-{package}@1.{package % 17}.0"
        refused = rng.random() < 0.04
        outcome = Outcome(rng.choice((1, 1, 1, 2))) if refused else Outcome.ALLOW
        yield Decided(
            NOW - timedelta(days=30) + step * number, f"{number:016x}", f"LZ-{package:06x}" if refused else "",
            rng.choice(("npm", "pnpm", "bun", "uv")), rng.choice(("", "", "red", "blue")), rng.choice(("page", "file")),
            name, f"package-{package}-1.{package % 17}.0.tgz", f"sha512:{package:0128x}", outcome, outcome,
            rng.choice(CLAUSES) if refused else "",
            REASON if refused else None,
            NOW if refused else None, 12,
        )  # fmt: skip


def timed(title: str, call, runs: int = 15) -> None:
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        found = call()
        took.append((time.perf_counter() - start) * 1000)
    size = len(getattr(found, "decisions", found)) if not isinstance(found, int) and hasattr(found, "__len__") else ""
    print(f"  {title:<58} median {statistics.median(took):8.3f} ms   worst {max(took):8.3f} ms   {size}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--store", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazaretto-gate-") as folder:
        where = given.store or str(Path(folder) / "gate.sqlite3")
        writer, rng = GateStore(where), random.Random(1)
        wall = cpu = 0.0
        batch: list[Decided] = []
        for one in decisions(given.decisions, rng):
            batch.append(one)
            if len(batch) == given.batch:
                start, used = time.perf_counter(), time.process_time()
                writer.log(batch, NOW)
                wall, cpu = wall + time.perf_counter() - start, cpu + time.process_time() - used
                batch = []
        count = given.decisions
        print(f"{count:,} decisions in batches of {given.batch}: {count / wall:,.0f}/s, {cpu / count * 1e6:.1f} us CPU")
        writer.close()

        start = time.perf_counter()
        store = GateStore(where)
        print(f"opening: {(time.perf_counter() - start) * 1000:.1f} ms")
        health = store.health(NOW)
        print(f"size: {health.size / 1e6:.0f} MB, {health.size / count:.0f} bytes each")
        print("status and explain:")
        day = NOW - timedelta(days=1)
        timed("health", lambda: store.health(NOW))
        timed("counts of all time", lambda: store.counts(None, NOW))
        timed("counts of the last 24 hours", lambda: store.counts(day, NOW))
        timed("counts of the last 7 days", lambda: store.counts(NOW - timedelta(days=7), NOW))
        timed("last decisions on the package most asked for", lambda: store.last_decisions("pkg:npm/package-1@1.1.0"))
        timed("last decisions on a rare package", lambda: store.last_decisions("pkg:npm/package-30001@1.13.0"))
        timed("a case", lambda: store.find_case("LZ-000001"))
        timed("a case that there is not", lambda: store.find_case("LZ-ffffff"))
        for title, query in (
            ("the newest 100", Query()),
            ("blocked", Query(outcome=Outcome.BLOCK)),
            ("by clause", Query(clause="malware")),
            ("of a team", Query(team="red")),
            ("of a team that there is not", Query(team="none")),
            ("all versions of a project", Query(purl="pkg:npm/package-1@")),
            ("an ecosystem", Query(purl="pkg:npm/")),
            ("an ecosystem that there is not", Query(purl="pkg:pypi/")),
            ("a beginning of names", Query(purl="pkg:npm/package-1")),
            ("allowed, of a team, a day long", Query(outcome=Outcome.ALLOW, team="blue", since=day)),
            (
                "blocked by a clause, of a team, a project",
                Query(outcome=Outcome.BLOCK, clause="age", team="red", purl="pkg:npm/package-2@"),
            ),
            ("blocked, of a clause that there is not", Query(outcome=Outcome.BLOCK, clause="none")),
        ):
            timed(title, lambda query=query: store.decisions(query))
        page = store.decisions()
        for _ in range(20):
            page = store.decisions(after=page.after)
        timed("the 22nd page", lambda: store.decisions(after=page.after))

        print("what a request costs:")
        keys = [f"sha512:{number:0128x}" for number in range(3500)]
        for number, key in enumerate(keys):
            answer = Examined(f"{number:064x}", Grade.NOTHING_FOUND, 0.0, True, (), Message("nothing"), "e", NOW)
            if number % 10 == 0:
                store.put_examination(key, answer)
        names = [f"package-{number}.tgz" for number in range(3500)]
        store.first_seen("npm", "package", names, NOW)
        timed("epoch", store.epoch, 300)
        timed("changes", lambda: store.changes(1), 300)
        timed("examination of one digest", lambda: store.examinations(keys[:1]), 300)
        timed("examinations of 3,500 digests", lambda: store.examinations(keys))
        timed("first sightings of 10 files", lambda: store.first_seen("npm", "package", names[:10], NOW), 300)
        timed("first sightings of 3,500 files", lambda: store.first_seen("npm", "package", names, NOW))
        timed("lease and release", lambda: (store.lease("k", "me", 5), store.release("k", "me")), 100)
        timed("a batch of 50 decisions", lambda: store.log([*decisions(50, rng)], NOW), 50)
        start = time.perf_counter()
        pruned = store.prune(NOW - timedelta(days=15), "bench", NOW)
        print(f"pruning: {pruned / (time.perf_counter() - start):,.0f} decisions/s")
        store.close()


if __name__ == "__main__":
    main()

"""Measure the intelligence store: ingesting, ingesting again, size, look-ups, a STIX bundle.

    python bench/intel.py [--osv FOLDER] [--records 235000] [--postgres URL]

FOLDER holds OSV JSON records (for instance a checkout of a public repository of malicious-package records); without it
only synthetic records are measured. Every ingest runs in a process of its own, so that its peak memory is its own.
Nothing is written outside a temporary folder.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

_CHILD = """
import resource, sys, time
from datetime import UTC, datetime
from lazaretto.app.intel import Update, update_from
started, cpu = time.perf_counter(), time.process_time()
results = update_from([sys.argv[1]], sys.argv[2], Update(datetime.now(UTC)))
facts = sum(one.facts for one in results[1:])
new = sum(one.new for one in results[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(facts, new, round(time.perf_counter() - started, 1), round(time.process_time() - cpu, 1), round(peak))
"""


def main() -> None:
    """Run all measurements and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv", type=Path)
    parser.add_argument("--records", type=int, default=235_000)
    parser.add_argument("--postgres", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazaretto-bench-") as scratch:
        top = Path(scratch)
        if arguments.osv:
            for count in ("first", "again"):
                ingest(f"folder, {count}", arguments.osv, top / "folder.sqlite3")
        for records in (arguments.records // 7, arguments.records):
            source = top / "all.zip"
            synthetic(source, records)
            store = top / f"{records}.sqlite3"
            for count in ("first", "again"):
                ingest(f"{records:,} synthetic, {count}", source, store)
            print(f"{'':36} {store.stat().st_size / 1e6:8.1f} MB on disk")
            look_ups(str(store), records)
        bundle = top / "bundle.json"
        bundle.write_text(json.dumps(stix(2000)))
        ingest("STIX bundle of 2,000 indicators", bundle, top / "stix.sqlite3")
        if arguments.postgres:
            ingest("postgres, first", source, arguments.postgres)
            ingest("postgres, again", source, arguments.postgres)
            look_ups(arguments.postgres, arguments.records)


def ingest(what: str, source: Path, store: Path | str) -> None:
    """Ingest in a process of its own."""
    environment = {**os.environ, "LAZARETTO_STORE": str(store)}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(source), ""], env=environment, capture_output=True, text=True, check=True
    )
    facts, new, wall, cpu, peak = done.stdout.split()
    print(f"{what:36} {wall:>7} s wall {cpu:>7} s CPU {peak:>5} MB  {int(facts):,} facts, {int(new):,} new", flush=True)


def look_ups(store: str, records: int) -> None:
    """Warm look-ups of one package and of a lockfile with 1,000 packages."""
    from lazaretto.app.library import Library, look_up
    from lazaretto.model.package import Package

    now = datetime.now(UTC)
    packages = [
        Package(
            "npm", f"bench-package-{n * 7 % records}" if n % 10 == 0 else f"innocent-{n}", "1.0.0", "package-lock.json"
        )
        for n in range(1000)
    ]
    with Library(store, now) as library:
        library.recorded(packages[:1])
        single = []
        for package in packages:
            started = time.perf_counter()
            library.recorded([package])
            single.append(time.perf_counter() - started)
    rounds = []
    for _ in range(7):
        started = time.perf_counter()
        look_up(packages, store, now)
        rounds.append(time.perf_counter() - started)
    single.sort()
    print(
        f"{'one package':36} {single[500] * 1e3:8.3f} ms median {single[990] * 1e3:8.3f} ms 99th percentile\n"
        f"{'1,000 packages, opening included':36} {sorted(rounds)[3] * 1e3:8.1f} ms median",
        flush=True,
    )


def synthetic(path: Path, records: int) -> None:
    """Write a zip of made-up OSV records in the proportions of real ones: a third list versions, the rest are whole."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(records):
            world = "PyPI" if number % 12 == 0 else "npm"
            entry: dict[str, object] = {"package": {"ecosystem": world, "name": f"bench-package-{number}"}}
            if number % 3 == 0:
                entry["versions"] = [f"{number % 9}.{n}.0" for n in range(1 + number % 3)]
            else:
                entry["ranges"] = [{"type": "SEMVER", "events": [{"introduced": "0"}]}]
            record = {
                "id": f"MAL-2098-{number}",
                "published": "2098-01-01T00:00:00Z",
                "modified": f"2098-01-{1 + number % 28:02d}T00:00:00Z",
                "summary": f"Malicious code in bench-package-{number} ({world})",
                "details": "x" * 900,
                "affected": [entry],
            }
            archive.writestr(f"MAL-2098-{number}.json", json.dumps(record))


def stix(count: int) -> dict[str, object]:
    """A bundle of indicators."""
    return {
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            {
                "type": "indicator",
                "spec_version": "2.1",
                "id": f"indicator--{number:08d}-0000-4000-8000-000000000000",
                "created": "2098-01-01T00:00:00Z",
                "modified": "2098-01-01T00:00:00Z",
                "pattern": f"[domain-name:value = 'c{number}.example.test']",
                "pattern_type": "stix",
                "valid_from": "2098-01-01T00:00:00Z",
            }
            for number in range(count)
        ],
    }


if __name__ == "__main__":
    main()

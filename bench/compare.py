"""Lazaretto and its peers on the same files, side by side, by class.

    python bench/compare.py LIST.jsonl ... [--peer guarddog] [--peer hexora] [--limit N] [--jobs 2] [--json OUT]

Rows of a list need `archive`, `repo`, `class` (`malware` and `placeholder` ought to be found, all others are benign).
Each engine is one warm process that takes one package after another; seconds are its own CPU time, user and system,
without the loading of rules and models. Lazaretto reads the archive itself and its unpacking counts; peers get a
folder that was laid out for them, and that does not count. A peer that does not answer within `--seconds` is ended
and its package counts as not found. Thresholds: see `bench/peers.py`. `--jobs` measures Lazaretto's
throughput besides: all archives through `check_many`.
"""

import argparse
import hashlib
import json
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median

from peers import PEERS, Peer, command_of
from unpack import unpack

BAD = ("malware", "placeholder")
OURSELVES = Peer((), 1.0, 2.0)


@dataclass
class Engine:
    """One engine's process, restarted when it dies."""

    name: str
    seconds: float
    peak: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def peer(self) -> Peer:
        return PEERS.get(self.name, OURSELVES)

    def ask(self, request: dict) -> dict:
        if self.process is None:
            ours = [sys.executable, str(Path(__file__).parent / "runners" / "run_lazaretto.py")]
            command = ours if self.name == "lazaretto" else command_of(self.name)
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._answer(300)
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            answer = self._answer(self.seconds)
        except (BrokenPipeError, EOFError, TimeoutError) as error:
            answer = {"score": 0, "cpu": None, "error": type(error).__name__}
            self.close()
        self.peak = max(self.peak, answer.get("rss", 0))
        return answer

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _answer(self, seconds: float) -> dict:
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                raise TimeoutError
        line = self.process.stdout.readline()
        if not line:
            raise EOFError
        return json.loads(line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path)
    parser.add_argument("--peer", action="append", default=[], choices=sorted(PEERS))
    parser.add_argument("--without-us", action="store_true", help="measure the peers alone")
    parser.add_argument("--limit", type=int, help="of each list, the first N in the order of the names' SHA-256")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    engines = [
        Engine(name, arguments.seconds) for name in (["lazaretto"] * (not arguments.without_us) + arguments.peer)
    ]
    rows: list[dict] = []
    saved = arguments.json.open("w", encoding="utf-8") if arguments.json else None
    for listed in arguments.lists:
        for row in read(listed, arguments.limit):
            ecosystem = "npm" if row["archive"].endswith(".tgz") else "pypi"
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                if arguments.peer:
                    unpack(Path(row["archive"]), Path(folder))
                request = {"archive": row["archive"], "folder": folder, "ecosystem": ecosystem}
                for engine in engines:
                    if ecosystem in engine.peer.ecosystems:
                        told = {"engine": engine.name, "ecosystem": ecosystem, "list": listed.name}
                        rows.append({**engine.ask(request), **row, **told})
                        if saved:  # at once: a long run that is ended has not been for nothing
                            print(json.dumps(rows[-1]), file=saved, flush=True)
        print(f"{listed.name}: done", file=sys.stderr, flush=True)
    for engine in engines:
        engine.close()
    table(rows, engines)
    if arguments.jobs:
        throughput(arguments.lists, arguments.limit, arguments.jobs)
    if saved:
        saved.close()
    return 0


def read(listed: Path, limit: int | None) -> list[dict]:
    rows = [json.loads(line) for line in listed.read_text("utf-8").splitlines()]
    rows.sort(key=lambda row: hashlib.sha256(row["repo"].encode()).digest())
    return rows[:limit]


def table(rows: list[dict], engines: list[Engine]) -> None:
    """Print one row for each set, class and engine."""
    columns = "set | class | engine | packages | SUSPICIOUS or worse | MALICIOUS | CPU s median | mean | failed | MB"
    print(f"| {columns} |\n|{'---|' * 10}")
    for name, klass, chosen in groups(rows):
        for engine in engines:
            own = [row for row in chosen if row["engine"] == engine.name]
            if not own:
                continue
            warned = [
                sum(row["score"] >= limit for row in own) for limit in (engine.peer.suspicious, engine.peer.malicious)
            ]
            shares = [f"{count} ({100 * count / len(own):.1f} %)" for count in warned]
            cpu = [row["cpu"] for row in own if row["cpu"] is not None] or [0.0]
            failed = sum("error" in row for row in own)
            print(
                f"| {name} | {klass} | {engine.name} | {len(own)} | {shares[0]} | {shares[1]} "
                f"| {median(cpu):.3f} | {fmean(cpu):.3f} | {failed} | {engine.peak:.0f} |"
            )


def groups(rows: list[dict]) -> Iterator[tuple[str, str, list[dict]]]:
    """Each class of each set; for a set with several benign classes also all of them."""
    for name in dict.fromkeys(row["list"] for row in rows):
        own = [row for row in rows if row["list"] == name]
        classes = sorted({row.get("class", "") for row in own})
        for klass in classes:
            yield name, klass, [row for row in own if row.get("class", "") == klass]
        if len(classes) > 1 and not set(classes) & set(BAD):
            yield name, "all", own


def throughput(lists: list[Path], limit: int | None, jobs: int) -> None:
    from lazaretto.app.check import Options, check_many

    targets = [row["archive"] for listed in lists for row in read(listed, limit)]
    targets.sort(key=lambda target: hashlib.sha256(target.encode()).digest())  # mixed
    started = time.monotonic()
    count = sum(1 for _ in check_many(targets, Options(jobs=jobs, cache=False)))
    seconds = time.monotonic() - started
    print(f"\nlazaretto, {jobs} jobs: {count} packages in {seconds:.1f} s, {count / seconds:.1f} a second")


if __name__ == "__main__":
    sys.exit(main())

"""Examine mutated real files: is anything answered by a crash, a failing rule, or a time limit?

python bench/mutate.py LIST.jsonl ... [--count 10000] [--seed 1] [--jobs 2] [--seconds 10] [--megabytes 400]

LIST.jsonl holds one object a line with `archive` or `dir`. Files are taken from them in turn and changed: cut,
flipped, doubled, spliced with another file, nested in brackets, put on one line, wrapped in encodings. Every mutant is
examined in a worker with its own clock and memory limit. The same `--seed` makes the same mutants.
Prints what went wrong, the slowest mutants, and a count; exit code 1 when anything crashed or was left unexplained.
"""

import argparse
import base64
import json
import random
import resource
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from lazaretto.adapters.pool import Death, Pool, Work
from lazaretto.adapters.targets import TargetError, open_target
from lazaretto.app.examine import examine_blob
from lazaretto.detect.catalog import RULES
from lazaretto.detect.engine import Engine
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.intel.match import match_file
from lazaretto.model.finding import Stage
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS
from lazaretto.parse.limits import Limits

LARGEST = 1 << 20
"""Larger files are cut before they are changed: the time goes into variety."""
FILES_PER_ARCHIVE = 6

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--keep", type=Path, help="write every mutant that went wrong into this folder")
    arguments = parser.parse_args()
    limits = Limits(file_seconds=arguments.seconds, worker_bytes=arguments.megabytes << 20)
    pool: Pool[str, Limits] = Pool(make_worker, limits, arguments.jobs, arguments.seconds * 3, limits.worker_bytes)
    wrong: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    done = peak = 0
    mutants = dict[str, bytes]()
    started = time.monotonic()
    with pool:
        for name, answer in pool.run(_requests(arguments, mutants)):
            done += 1
            data = mutants.pop(name)
            if isinstance(answer, Death):
                told = [f"worker died: {answer.cause.value}"]
            else:
                said = json.loads(answer)
                told = said["wrong"]
                peak = max(peak, said["peak"])
                slowest = sorted([*slowest, (said["seconds"], name)], reverse=True)[:5]
            for reason in told:
                wrong[reason] += 1
                print(f"{name}: {reason}")
                if arguments.keep:
                    arguments.keep.mkdir(parents=True, exist_ok=True)
                    (arguments.keep / name.replace("/", "_")[-180:]).write_bytes(data)
    print(f"\n{done} mutants, {time.monotonic() - started:.0f} s, peak of one worker {peak} MB")
    for seconds, name in slowest:
        print(f"  {seconds:6.2f} s  {name}")
    print(f"  went wrong: {sum(wrong.values())}")
    return 1 if wrong else 0


def make_worker(limits: Limits) -> Work:
    """Build the function that examines one mutant."""
    engine = Engine(RULES, VIEWS, limits, LAYERS, (match_file,))

    def work(request: bytes) -> bytes:
        path, _, data = request.partition(b"\0")
        began = time.monotonic()
        result = examine_blob(engine, Blob(path.decode("utf-8", "replace"), data), limits)
        wrong = [gap.reason.english() for gap in result.gaps if gap.stage is Stage.RULE or not gap.partial]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return json.dumps({"seconds": time.monotonic() - began, "wrong": wrong, "peak": peak}).encode()

    return work


def _requests(arguments: argparse.Namespace, mutants: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(arguments.seed)
    rows = [json.loads(line) for file in arguments.lists for line in file.read_text().splitlines()]
    chance.shuffle(rows)
    made = 0
    other = b"x = 1\n"
    while made < arguments.count:
        for row in rows:
            for path, data in _files(chance, str(row.get("archive") or row.get("dir"))):
                mutation = chance.choice(MUTATIONS)
                mutant = mutation(chance, data[:LARGEST], other)
                name = f"{made}-{mutation.__name__.strip('_')}/{path}"
                mutants[name] = mutant
                yield name, path.encode("utf-8", "replace") + b"\0" + mutant
                other = data[:LARGEST]
                made += 1
                if made >= arguments.count:
                    return


def _files(chance: random.Random, target: str) -> list[tuple[str, bytes]]:
    try:
        entries = list(open_target(target, Limits(), online=False).entries())
    except TargetError:
        return []
    chance.shuffle(entries)
    return [(entry.path, entry.load()) for entry in entries[:FILES_PER_ARCHIVE]]


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _cut(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    return data[: _place(chance, data)]


def _flipped(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(changed), chance.choice((1, 8, 200)))):
        changed[chance.randrange(len(changed))] = chance.choice((chance.randrange(256), *b"()[]{}'\"\\\n"))
    return bytes(changed)


def _removed(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    at = _place(chance, data)
    return data[:at] + data[at + chance.choice((1, 40, 4000)) :]


def _spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _place(chance, data)] + other[_place(chance, other) :]


def _doubled(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    at, length = _place(chance, data), chance.choice((3, 30, 300))
    piece = data[at : at + length]
    return data[:at] + piece * min(20_000, LARGEST // max(1, len(piece))) + data[at:]


def _nested(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    at, opening = _place(chance, data), chance.choice((b"(", b"[", b"{", b"a(", b"not ", b"!", b"-", b"f'{"))
    return data[:at] + opening * chance.choice((50, 900, 30_000)) + data[at:]


def _one_line(_chance: random.Random, data: bytes, _other: bytes) -> bytes:
    line = data.replace(b"\r", b"").replace(b"\n", b";")
    return (line * (LARGEST // max(1, len(line)) + 1))[:LARGEST]


def _encoded_python(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    for _ in range(chance.choice((1, 3, 12))):
        packed = base64.b64encode(zlib.compress(data[: LARGEST // 2]))
        data = b"import base64, zlib\nexec(zlib.decompress(base64.b64decode(b'" + packed + b"')))\n"
    return data


def _encoded_script(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    for _ in range(chance.choice((1, 3, 12))):
        data = b"eval(Buffer.from('" + base64.b64encode(data[: LARGEST // 2]) + b"', 'base64').toString())\n"
    return data


def _noise(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    at = _place(chance, data)
    odd = ("\u202e", "\ufe0f", "\u3164", "\0", "\ud800", "\u200b" * 300, "\U000e0100" * 300, "\r", "\x0c")
    return data[:at] + chance.choice(odd).encode("utf-8", "surrogatepass") + data[at:]


MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _flipped,
    _removed,
    _spliced,
    _doubled,
    _nested,
    _one_line,
    _encoded_python,
    _encoded_script,
    _noise,
)

if __name__ == "__main__":
    sys.exit(main())

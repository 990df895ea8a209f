"""Do two states of the program find the same, and what does each cost?

    python bench/same.py read OUT.jsonl LIST.jsonl ... [--limit N]      with this state's `src` on PYTHONPATH
    python bench/same.py compare BEFORE.jsonl AFTER.jsonl

`read` checks the first N packages of each list (in the order of their names' SHA-256) in one warm process, and writes
for each its grade, all findings (rule, places, evidence, decodings), all gaps, and the processor time that it took.
`compare` prints every package whose answer differs, and processor time before and after by list. It exits with 1 when
there is a difference.
"""

import argparse
import hashlib
import json
import resource
import sys
import time
from pathlib import Path
from statistics import fmean, median

import msgspec


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    reading = verbs.add_parser("read")
    reading.add_argument("out", type=Path)
    reading.add_argument("lists", nargs="+", type=Path)
    reading.add_argument("--limit", type=int)
    comparing = verbs.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    arguments = parser.parse_args()
    if arguments.verb == "read":
        return read(arguments.out, arguments.lists, arguments.limit)
    return compare(arguments.before, arguments.after)


def read(out: Path, lists: list[Path], limit: int | None) -> int:
    from lazaretto.app.check import Options, _make_checker
    from lazaretto.model.report import Checked

    work = _make_checker(Options(jobs=1, cache=False))
    decode = msgspec.msgpack.Decoder(Checked).decode
    with out.open("w", encoding="utf-8") as file:
        for listed in lists:
            rows = [json.loads(line) for line in listed.read_text("utf-8").splitlines()]
            rows.sort(key=lambda row: hashlib.sha256(row["repo"].encode()).digest())
            for row in rows[:limit]:
                before = time.process_time()
                answer = work(row["archive"].encode())
                seconds = time.process_time() - before
                checked = decode(answer)
                told = {
                    "list": listed.name,
                    "archive": row["archive"],
                    "grade": checked.verdict.grade.word,
                    "score": checked.verdict.score,
                    "findings": msgspec.to_builtins(checked.examination.findings),
                    "gaps": msgspec.to_builtins(checked.examination.gaps),
                    "files": checked.examination.coverage.files,
                    "examined": checked.examination.coverage.examined,
                    "cpu": seconds,
                }
                print(json.dumps(told, sort_keys=True), file=file, flush=True)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", file=sys.stderr)
    return 0


def compare(before: Path, after: Path) -> int:
    old, new = (
        {row["archive"]: row for row in map(json.loads, file.open(encoding="utf-8"))} for file in (before, after)
    )
    different = 0
    both = [archive for archive in old if archive in new]
    for archive in both:
        a, b = ({key: value for key, value in side[archive].items() if key != "cpu"} for side in (old, new))
        if a == b:
            continue
        different += 1
        print(f"differs: {archive}: {a['grade']} {a['score']} -> {b['grade']} {b['score']}")
        for kind in ("findings", "gaps"):
            for sign, one, other in (("-", a, b), ("+", b, a)):
                for item in one[kind]:
                    if item not in other[kind]:
                        print(f"    {sign} {json.dumps(item, ensure_ascii=False)[:400]}")
    print(
        f"{len(both)} packages, {sum(len(old[one]['findings']) for one in both)} findings: {different} packages differ"
    )
    print("\n| list | packages | CPU s median before | after | mean before | after |\n|---|---|---|---|---|---|")
    for name in dict.fromkeys(old[archive]["list"] for archive in both):
        own = [archive for archive in both if old[archive]["list"] == name]
        a, b = ([side[archive]["cpu"] for archive in own] for side in (old, new))
        print(f"| {name} | {len(own)} | {median(a):.4f} | {median(b):.4f} | {fmean(a):.3f} | {fmean(b):.3f} |")
    return 1 if different or len(both) != len(old) else 0


if __name__ == "__main__":
    sys.exit(main())

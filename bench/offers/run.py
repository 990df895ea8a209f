"""Grade the written offers and print the confusion table.

    python bench/offers/run.py [--show] [--cases FOLDER] [--only develop|validation|second|third|fourth|other-1|other-2]

Each case is a text with a head (`# label:`, `# lang:`, `# style:`, `# source:`, `# writer:`). The first pass is split by
the SHA-256 of the names: even last digit = develop, odd = validation. The later passes were written in other
styles; `docs/offer.md` says which of them were read while rules were written.
"""

import argparse
import hashlib
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from lazaretto.app.offer import Options, offer

HERE = Path(__file__).parent


def head(text: str) -> tuple[dict[str, str], str]:
    values, lines = {}, text.split("\n")
    while lines and lines[0].startswith("# "):
        name, _, value = lines.pop(0)[2:].partition(": ")
        values[name] = value
    return values, "\n".join(lines).lstrip("\n")


def part(name: str, writer: str) -> str:
    if writer != "first":
        return writer
    return "develop" if int(hashlib.sha256(name.encode()).hexdigest()[-1], 16) % 2 == 0 else "validation"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default=str(HERE / "cases"))
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true", help="print the cases that were graded wrongly, with reasons")
    given = parser.parse_args()
    table: Counter[tuple[str, str, str, str]] = Counter()
    slow = 0.0
    for path in sorted(Path(given.cases).glob("*.txt")):
        values, body = head(path.read_text(encoding="utf-8"))
        where = part(path.stem, values.get("writer", "first"))
        if given.only and where != given.only:
            continue
        start = time.process_time()
        answer = offer(Options(files=("-",), pasted=body.encode()))
        slow = max(slow, time.process_time() - start)
        grade = answer.verdict.grade.word
        table[where, values["label"], values["lang"], grade] += 1
        wrong = grade != "stop" if values["label"] == "malicious" else grade != "no-known-sign"
        if given.show and wrong:
            print(f"{path.stem} {values['label']} -> {grade} {answer.verdict.points}  {values['style']}")
            for reason in answer.verdict.reasons:
                print(f"   {reason.points:3} {reason.finding.rule}  {reason.finding.excerpt[:110]}")
            for good in answer.verdict.good:
                print(f"   {good.points:3} {good.message.english()}")
    print(
        f"{'part':12}{'label':11}{'lang':6}{'n':>4}{'stop':>7}{'confirm':>9}{'none':>6}{'stop %':>9}{'stop+confirm %':>16}"
    )
    for where, label, lang in sorted({key[:3] for key in table}):
        row = [table[where, label, lang, grade] for grade in ("stop", "confirm-first", "no-known-sign")]
        n = sum(row)
        print(
            f"{where:12}{label:11}{lang:6}{n:4}{row[0]:7}{row[1]:9}{row[2]:6}{100 * row[0] / n:9.1f}{100 * (row[0] + row[1]) / n:16.1f}"
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"slowest case {slow * 1000:.0f} ms CPU; all {used.ru_utime + used.ru_stime:.1f} s CPU", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

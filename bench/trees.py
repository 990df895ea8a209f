"""Grade every folder or archive of a list, and say how many came out as expected.

python bench/trees.py LIST.jsonl [--expect malicious|nothing-found] [--json OUT] [--verbose]
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from lazaretto.app.check import Options, check_many
from lazaretto.model.finding import Confidence, Severity


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("--expect", choices=["malicious", "nothing-found"], default="nothing-found")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()

    rows = {}
    for line in arguments.list.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[str(row.get("dir") or row.get("archive") or row.get("path"))] = row
    started = time.monotonic()
    grades: Counter[str] = Counter()
    incomplete = 0
    on_listed = 0
    table = []
    for checked in check_many(rows, Options(jobs=arguments.jobs, cache=False)):
        row = rows[checked.target]
        grade = checked.verdict.grade.word
        listed = set(row.get("listed") or ())
        hit = any(
            location.path in listed
            for finding in checked.verdict.reasons
            if finding.severity >= Severity.HIGH and finding.confidence >= Confidence.HIGH
            for location in finding.locations
        )
        on_listed += hit
        incomplete += not checked.verdict.complete
        grades[grade] += 1
        reasons = Counter(finding.rule for finding in checked.verdict.reasons)
        table.append((row.get("repo", ""), checked.target, grade, checked.verdict.score, hit, reasons, checked))
    for repo, target, grade, score, hit, _reasons, checked in sorted(table, key=lambda entry: (entry[2], entry[1])):
        unexpected = grade != arguments.expect or (arguments.expect == "malicious" and not hit)
        if unexpected or arguments.verbose:
            print(f"{grade:14} {score:4} listed={'yes' if hit else 'no ':3} {Path(target).name:44} {repo}")
            for finding in checked.verdict.reasons[:6]:
                place = finding.locations[0]
                print(f"    {finding.severity.name}/{finding.confidence.name} {finding.rule} {place.path}:{place.line}")
                if arguments.verbose:
                    print(f"        {finding.message.english()[:160]}")
            whole = [gap for gap in checked.examination.gaps if not gap.partial]
            for gap in whole[:3]:
                print(f"    gap {gap.stage} {gap.subject}: {gap.reason.english()[:120]}")
        elif not checked.verdict.complete:
            for gap in [gap for gap in checked.examination.gaps if not gap.partial][:3]:
                print(f"incomplete {Path(target).name}: {gap.stage} {gap.subject}: {gap.reason.english()[:120]}")
    total = sum(grades.values())
    seconds = time.monotonic() - started
    print(f"\n{arguments.list.name}: {total} subjects, {seconds:.1f} s")
    for grade in ("malicious", "suspicious", "nothing-found"):
        print(f"  {grade:14} {grades[grade]:5}  {100 * grades[grade] / max(1, total):5.1f} %")
    print(f"  incomplete     {incomplete:5}")
    if arguments.expect == "malicious":
        print(f"  finding on a listed file: {on_listed} of {total}")
    if arguments.json:
        arguments.json.write_text(
            json.dumps([{"target": t, "grade": g, "score": s, "rules": dict(r)} for _, t, g, s, _, r, _ in table])
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

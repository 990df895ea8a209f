"""Compare pairs of versions, as `lazaretto diff OLD NEW` does, and count what comes of it.

    python bench/updates.py PAIRS.jsonl [--reverse] [--strangers] [--verbose]

`PAIRS.jsonl` holds one object a line: `old` and `new` (paths of archives) and `world` (a name for the table). Benign
pairs are consecutive versions, fetched by the ordinary clients (`npm pack`, `pip download --no-deps`).

`--reverse` takes the new one for the old one: what was removed then counts as added. `--strangers` compares each new
version with the old version of the next package of its world, where nearly everything counts as added: an upper bound
of false alarms by comparison.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from lazaretto.app.check import Options, check


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--reverse", action="store_true")
    parser.add_argument("--strangers", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.pairs.read_text(encoding="utf-8").splitlines()]
    if arguments.reverse:
        rows = [{**row, "old": row["new"], "new": row["old"]} for row in rows]
    if arguments.strangers:
        rows = strangers(rows)
    grades: Counter[tuple[str, str, str]] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    started = time.perf_counter()
    for row in rows:
        checked = check(row["new"], Options(against=row["old"], cache=False))
        added = set(checked.comparison.added) if checked.comparison else set()
        reasons = [finding.rule for finding in checked.verdict.reasons]
        by_change = [finding.rule for finding in checked.verdict.reasons if finding in added]
        cause = "for what changed" if by_change else "as before" if reasons else ""
        grades[row["world"], checked.verdict.grade.word, cause] += 1
        changes = {finding.rule for finding in checked.examination.findings if finding.rule.startswith("change/")}
        rules.update((row["world"], rule) for rule in changes)
        if arguments.verbose or by_change or checked.comparison is None:
            print(f"{row['old']} -> {row['new']}: {checked.verdict.grade.word} {' '.join(sorted(set(by_change)))}")
    for (world, grade, cause), count in sorted(grades.items()):
        print(f"{count:5} {world:6} {grade} {cause}")
    for (world, rule), count in sorted(rules.items()):
        print(f"{count:5} {world:6} {rule}")
    print(f"{len(rows)} pairs, {time.perf_counter() - started:.0f} s")
    return 0


def strangers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each new version the old version of the next package of its world."""
    found = []
    for world in dict.fromkeys(row["world"] for row in rows):
        group = [row for row in rows if row["world"] == world]
        found += [{**row, "old": other["old"]} for row, other in zip(group, [*group[1:], group[0]], strict=True)]
    return found


if __name__ == "__main__":
    raise SystemExit(main())

"""Precision and recall of the extractor on labelled reports.

    python bench/extract.py [FOLDER] [--misses]

FOLDER (default `tests/data/reports`) holds reports and, for each, `NAME.labels.json`: kind -> values that a reader
should keep. Only proposed values count (`indicator` and `context`); account
names that follow from a labelled address are not counted against it.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from lazaretto.intel.extract.document import read_document
from lazaretto.intel.extract.extract import extract

DEFAULT = Path(__file__).parent.parent / "tests/data/reports"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT)
    parser.add_argument("--misses", action="store_true", help="print every wrong and every missing value")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    started, characters, reports = time.perf_counter(), 0, 0
    for labels in sorted(arguments.folder.glob("*.labels.json")):
        path = next(p for p in arguments.folder.glob(f"{labels.name.removesuffix('.labels.json')}.*") if p != labels)
        wanted, got, length = compare(path, labels)
        characters, reports = characters + length, reports + 1
        for kind in {kind for kind, _ in wanted | got}:
            count = counts.setdefault(kind, Counter())
            right = {pair for pair in wanted & got if pair[0] == kind}
            wrong = {pair for pair in got - wanted if pair[0] == kind}
            missing = {pair for pair in wanted - got if pair[0] == kind}
            count.update(right=len(right), wrong=len(wrong), missing=len(missing))
            if arguments.misses:
                for sign, pairs in (("+", wrong), ("-", missing)):
                    for _, value in sorted(pairs):
                        print(f"{sign} {path.name}: {kind} {value}")
    print(f"{'kind':20} {'right':>6} {'wrong':>6} {'missing':>8} {'precision':>10} {'recall':>8}")
    total: Counter[str] = Counter()
    for kind, count in sorted(counts.items()):
        total.update(count)
        print(line(kind, count))
    print(line("all", total))
    seconds = time.perf_counter() - started
    print(f"{reports} reports, {characters:,} characters, {seconds:.2f} s")


def compare(path: Path, labels: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]], int]:
    """Return what was wanted, what was got, and the length of the text."""
    found = extract(read_document(path.name, path.read_bytes()))
    wanted = {(kind, value) for kind, values in json.loads(labels.read_text()).items() for value in values}
    addresses = {(item.start, item.end) for item in found.items if item.kind == "url" and ("url", item.value) in wanted}
    got = {
        (item.kind, item.value)
        for item in found.indicators
        if (item.kind, item.value) in wanted
        or not (item.kind.endswith(("-account", "-repository", "telegram")) and (item.start, item.end) in addresses)
    }
    return wanted, got, found.characters


def line(kind: str, count: Counter[str]) -> str:
    right, wrong, missing = count["right"], count["wrong"], count["missing"]
    precision = f"{right / (right + wrong):.1%}" if right + wrong else "-"
    recall = f"{right / (right + missing):.1%}" if right + missing else "-"
    return f"{kind:20} {right:6} {wrong:6} {missing:8} {precision:>10} {recall:>8}"


if __name__ == "__main__":
    main()

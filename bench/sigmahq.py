"""Sigma rules of a folder: how many load, what is not evaluated and why, the cost of a record, and a second opinion.

    python bench/sigmahq.py FOLDER [--seed N] [--records N]

FOLDER is a checkout of a rule repository, outside this one (its rules have a licence of their own and are not bundled).
"""

import argparse
import random
import resource
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sigma.rule import SigmaRule as Parsed
from sigma_oracle import Oracle, changed, witnesses

from lazaretto.adapters.sigma_folder import rule_files
from lazaretto.detect.sigma.document import documents
from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.log import log
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import Loaded, Matcher
from lazaretto.parse.views import ParseError

ORDINARY = {
    "npm script": ("/usr/bin/node", "node /home/u/p/node_modules/.bin/tsc --build --verbose tsconfig.json", "/bin/sh"),
    "shell of make": ("/bin/sh", "sh -c " + "gcc -O2 -Wall -I/usr/include -c x.c -o x.o " * 20, "/usr/bin/make"),
    "curl": ("/usr/bin/curl", "curl -s https://a.invalid/x.sh -o /tmp/x.sh", "/bin/bash"),
    "30,000 characters": ("/usr/bin/node", "node -e " + "let a = 1; " * 2_700, "/bin/sh"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=2_000, help="records that the cost is measured with")
    options = parser.parse_args()
    skipped: list[tuple[str, str]] = []
    files = list(rule_files(options.folder, lambda name, why: skipped.append((name, why))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    loaded = load([*own_rules(), *files])
    matcher = Matcher(loaded.rules)
    spent = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table(loaded, skipped)
    print(f"\nloading: {spent:.2f} s CPU, {loaded.files} files, memory {before >> 10} -> {after >> 10} MB (peak)")
    rng = random.Random(options.seed)
    made = records_of(loaded, rng)
    cost(matcher, made, options.records, rng)
    return second_opinion(loaded, matcher, files, made)


def table(loaded: Loaded, skipped: list[tuple[str, str]]) -> None:
    print("| product | category | rules | comparisons |\n|---|---|---|---|")
    counts: Counter[tuple[str, str]] = Counter((rule.product or "any", rule.category) for rule in loaded.rules)
    for (product, category), count in sorted(counts.items()):
        tests = sum(
            rule.tests for rule in loaded.rules if (rule.product or "any", rule.category) == (product, category)
        )
        print(f"| {product} | {category} | {count} | {tests} |")
    print(f"| all | | {len(loaded.rules)} | {sum(rule.tests for rule in loaded.rules)} |")
    print("\nnot evaluated, or not as written:")
    for problem in loaded.problems:
        print(f"- {problem.path}: {problem.title}: {problem.trouble}: {problem.reason}")
    for name, why in skipped:
        print(f"- {name}: not read: {why}")
    if not loaded.problems and not skipped:
        print("- nothing")
    near = {source: count for source, count in loaded.elsewhere.items() if source.startswith(("linux", "macos", "*"))}
    print("\nlog sources that are not watched:", ", ".join(f"{source} {count}" for source, count in near.items()))
    print(f"and {sum(loaded.elsewhere.values()) - sum(near.values())} rules of other products")


def records_of(loaded: Loaded, rng: random.Random) -> dict[tuple[str, str], list[dict[str, str]]]:
    made: dict[tuple[str, str], list[dict[str, str]]] = {}
    for rule in loaded.rules:
        for product in ("linux", "macos") if not rule.product else (rule.product,):
            own = made.setdefault((product, rule.category), [])
            for record in witnesses(rule, rng):
                own.append(record)
                own.extend(changed(record, rng.choice(own), rng))
    return made


def cost(matcher: Matcher, made: dict, count: int, rng: random.Random) -> None:
    print("\n| record | mean us | p99 us | largest us |\n|---|---|---|---|")
    for name, (image, command, parent) in ORDINARY.items():
        fields = {
            "Image": image,
            "CommandLine": command,
            "ParentImage": parent,
            "ParentCommandLine": parent,
            "User": "u",
        }
        row(name, matcher, [("linux", "process_creation", fields)] * 300)
    for (product, category), records in sorted(made.items()):
        chosen = [rng.choice(records) for _ in range(count)]
        row(f"{product} {category} (made up, most hit a rule)", matcher, [(product, category, one) for one in chosen])


def row(name: str, matcher: Matcher, records: list) -> None:
    times = []
    for product, category, fields in records:
        began = time.perf_counter_ns()
        matcher.match(log(product, category, fields))
        times.append((time.perf_counter_ns() - began) / 1000)
    times.sort()
    print(f"| {name} | {statistics.fmean(times):.0f} | {times[int(len(times) * 0.99)]:.0f} | {times[-1]:.0f} |")


def second_opinion(loaded: Loaded, matcher: Matcher, files: list, made: dict) -> int:
    paths = {rule.path for rule in loaded.rules}
    parsed: dict[str, list[Parsed]] = {}
    for path, data in [*own_rules(), *files]:
        if path in paths:
            try:
                parsed[path] = [Parsed.from_dict(one) for one in documents(data)]
            except ParseError:
                continue
    asked = agreed = fired = 0
    silent = {rule.path for rule in loaded.rules}
    refused: dict[str, str] = {}
    differences = []
    for (product, category), records in sorted(made.items()):
        own = [rule for rule in loaded.rules if rule.category == category and rule.product in ("", product)]
        oracle = Oracle([(rule.path, one) for rule in own for one in parsed[rule.path]])
        refused.update(oracle.refused)
        answers = oracle.answers(records)
        ours: dict[str, set[int]] = {rule.path: set() for rule in own}
        for number, record in enumerate(records):
            for rule in matcher.match(log(product, category, record)):
                ours[rule.path].add(number)
        for path, theirs in answers.items():
            asked += len(records)
            fired += len(theirs)
            agreed += len(records) - len(theirs ^ ours[path])
            silent.discard(path) if ours[path] else None
            differences.extend((path, records[number], number in theirs) for number in theirs ^ ours[path])
    print(f"\nsecond opinion (SQL): {asked} questions, {agreed} the same answer, {fired} of them true")
    print(f"rules that no made-up record was true of: {len(silent)}", *sorted(silent), sep="\n- ")
    for path, why in refused.items():
        print(f"- {path}: not asked: {why}")
    for path, record, theirs in differences[:20]:
        print(f"- {path}: SQL says {theirs}: {str(record)[:300]}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

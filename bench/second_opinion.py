"""Does a learned second opinion pay? Boosted trees over the engine's own findings and signals, judged on the numbers.

    python bench/second_opinion.py collect LIST.jsonl --label 0|1 --out FEATURES.jsonl [--jobs 2]
    PEER_PYTHON bench/second_opinion.py judge --train FEATURES.jsonl ... --test FEATURES.jsonl ...

`collect` examines archives with the engine and writes one line each: label, grade, group, features (rules that fired
with their weight, imported modules, sizes). `judge` needs scikit-learn (any environment: it imports nothing of ours);
it does grouped cross-validation on the training lines, calibrates a threshold at a false-alarm rate of 0.1 %, and says
for the test lines how many of the packages that the rules leave at NOTHING FOUND or SUSPICIOUS it would lift, and how
many benign ones with them.
"""

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path

WEIGHTS = {"LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}
KINDS = ("import", "env-read", "start", "run", "npm-script", "install-command", "script-call")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("list", type=Path)
    collecting.add_argument("--label", type=int, required=True)
    collecting.add_argument("--out", type=Path, required=True)
    collecting.add_argument("--jobs", type=int, default=2)
    judging = commands.add_parser("judge")
    judging.add_argument("--train", type=Path, nargs="+", required=True)
    judging.add_argument("--test", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    return collect(arguments) if arguments.command == "collect" else judge(arguments)


# -- with the engine


def collect(arguments: argparse.Namespace) -> int:
    from lazaretto.adapters.pool import Death, Pool

    rows = [json.loads(line) for line in arguments.list.read_text().splitlines()]
    pool: Pool[int, None] = Pool(make_worker, None, arguments.jobs, 300, 1 << 30)
    with pool, arguments.out.open("w") as out:
        for index, answer in pool.run((n, str(row["archive"]).encode()) for n, row in enumerate(rows)):
            row = rows[index]
            if not isinstance(answer, Death):
                line = json.loads(answer) | {"label": arguments.label, "name": row["repo"], "class": row.get("class")}
                print(json.dumps(line | {"family": row.get("family", row["repo"])}), file=out)
    return 0


def make_worker(_config: None) -> object:
    from lazaretto.adapters.targets import open_target
    from lazaretto.app import check
    from lazaretto.app.examine import Examiner, gather

    options = check.Options(jobs=1, cache=False)
    config = check._worker_config(options)  # noqa: SLF001 - the bench looks inside
    work = Examiner(config)

    def answer(request: bytes) -> bytes:
        target = open_target(request.decode(), options.limits, online=False)
        gathered = gather(target, config, work, None)
        examination = check._examine(target, gathered, options).examination  # noqa: SLF001
        verdict, _ = check.judge(examination, options.policy, options.now)
        features: Counter[str] = Counter()
        for finding in examination.findings:
            weight = WEIGHTS[finding.severity.name] * 3 + finding.confidence
            features[f"rule {finding.rule}"] = max(features[f"rule {finding.rule}"], weight)
            features[f"role {finding.role} {finding.phase}"] += 1
        for signal in gathered.signals:
            if signal.kind in KINDS:
                top = signal.value.split("\t")[1 if signal.kind == "import" else 0].split(".")[0].split("/")[0]
                features[f"{signal.kind} {top}"] = 1
        suffixes = Counter(path.rsplit(".", 1)[-1] for path in gathered.files)
        for suffix in ("py", "js", "json", "txt", "md", "exe", "so"):
            features[f"files {suffix}"] = round(math.log1p(suffixes[suffix]), 2)
        features["files"] = round(math.log1p(len(gathered.files)), 2)
        features["bytes"] = round(math.log1p(gathered.size), 2)
        target.close()
        return json.dumps({"grade": verdict.grade.word, "features": features}).encode()

    return answer


# -- with scikit-learn


def judge(arguments: argparse.Namespace) -> int:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import GroupKFold, cross_val_predict

    train = [json.loads(line) for file in arguments.train for line in file.read_text().splitlines()]
    test = [json.loads(line) for file in arguments.test for line in file.read_text().splitlines()]
    seen = Counter(name for row in train for name in row["features"])
    names = sorted(name for name, count in seen.items() if count >= 8)
    table = {name: number for number, name in enumerate(names)}

    def matrix(rows: list[dict]) -> "np.ndarray":
        out = np.zeros((len(rows), len(names)), dtype=np.float32)
        for number, row in enumerate(rows):
            for name, value in row["features"].items():
                if name in table:
                    out[number, table[name]] = value
        return out

    labels = np.array([row["label"] for row in train])
    groups = np.array([hash(str(row["family"])) for row in train])
    model = HistGradientBoostingClassifier(max_depth=4, max_iter=150, learning_rate=0.1, random_state=1)
    crossed = cross_val_predict(model, matrix(train), labels, groups=groups, cv=GroupKFold(5), method="predict_proba")[
        :, 1
    ]
    benign = np.sort(crossed[labels == 0])
    for rate in (0.001, 0.005, 0.01):
        threshold = float(benign[min(len(benign) - 1, int(len(benign) * (1 - rate)))])
        print(f"\nthreshold {threshold:.3f} (false alarms of {rate:.1%} in cross-validation)")
        model.fit(matrix(train), labels)
        for title, rows, scores in (
            ("train, crossed", train, crossed),
            ("test", test, model.predict_proba(matrix(test))[:, 1]),
        ):
            for grade in ("nothing-found", "suspicious", "malicious"):
                for label in (1, 0):
                    chosen = [
                        s
                        for row, s in zip(rows, scores, strict=True)
                        if row["grade"] == grade and row["label"] == label
                    ]
                    lifted = sum(s > threshold for s in chosen)
                    kind = "malicious" if label else "benign"
                    print(f"  {title:15} {kind:9} graded {grade:14} {len(chosen):5}   above the threshold {lifted:5}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Make `intel/data/name-signs.tsv`: what each sign of `intel/extract/signs.py` weighs.

    python bench/fit_name_signs.py [FOLDER ...] [--check]

Logistic regression (AdaGrad, drawn to `PRIORS`) over all candidate words of labelled reports: folders of reports with
their `NAME.labels.json`, as `bench/extract.py` reads them; default `tests/data/reports`. `--check` prints what
five-fold cross-validation over reports says. Reports other than those of the first folder count `REAL` times: the first
holds reports written for the tests, which the finders know by heart, so that "a finder saw it" would weigh too much.
Deterministic.
"""

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path

from lazaretto.intel.extract.document import read_document
from lazaretto.intel.extract.extract import candidates
from lazaretto.intel.extract.weighing import grouped

HERE = Path(__file__).parent.parent
TARGET = HERE / "src/lazaretto/intel/data/name-signs.tsv"
REAL = 3.0
PENALTY = 1.0
EPOCHS = 300
RATE = 0.3
LEAST = 0.04
PRIORS = {
    "registry-page": 2.5, "version-of": 2.0, "downloads": 2.0, "registry": 1.5, "registry-before": 2.0, "they-are": 1.5,
    "intro": 1.0, "text-row": 1.5, "label": 2.5,
    "taken": 1.0, "named": 1.0, "is-package": 0.8, "registry-after": 1.5, "title": 1.0,
    "tool": -3.0, "other-before": -1.5, "other-after": -1.0, "account": -1.5, "explained": -2.0, "genuine-before": -1.5,
    "genuine-after": -1.0, "tail": -3.0, "found-account": -2.0, "used-by": -2.0, "action": -2.5, "underscore": -0.5,
    "found-genuine": -1.0,
}  # fmt: skip
"""What the weights are drawn to where the reports say little."""
HEAD = """# What each sign of a word weighs for its being a package that the report accuses: intel/extract/weighing.py.
# Made by bench/fit_name_signs.py from the labelled reports of the tests and {n} public ones. * = the sum to start from.
"""

Row = tuple[str, str, frozenset[str], bool, float]


def main() -> None:
    """Fit, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[HERE / "tests/data/reports"])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    data = [row for number, folder in enumerate(arguments.folders) for row in rows(folder, real=number > 0)]
    if arguments.check:
        check(data)
    weights = fit(data)
    public = len({row[0] for row in data if row[4] == REAL})
    lines = [f"{sign}\t{weight:.2f}" for sign, weight in sorted(weights.items()) if abs(weight) >= LEAST]
    TARGET.write_text(HEAD.format(n=public) + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(data)} rows, {len(lines)} weights")


def rows(folder: Path, *, real: bool) -> list[Row]:
    """Return the candidate words of a folder's reports, and whether the labels name them."""
    found: list[Row] = []
    for labels in sorted(folder.glob("*.labels.json")):
        path = next(p for p in folder.glob(f"{labels.name.removesuffix('.labels.json')}.*") if p != labels)
        told = json.loads(labels.read_text())
        wanted = {name_of(value) for value in told.get("package", [])}
        either = {name_of(value) for kind, value in told.get("optional", []) if kind == "package"} - wanted
        page, candidates_, _ = candidates(read_document(path.name, path.read_bytes()))
        for name, _, signs in grouped(page, candidates_):
            spelled = {name, name.replace("_", "-").replace(".", "-")}
            if spelled & either:
                continue
            right = bool(spelled & wanted)
            if real:
                found.append((path.name, name, signs, right, REAL))
            else:
                found.append((path.name, name, signs, right, 0.5))
                found.append((path.name, name, signs - {"found", "found-genuine"}, right, 0.5))
    return found


def name_of(value: str) -> str:
    """Return the name in a package URL, lower case."""
    return value.split("/", 1)[1].partition("@")[0].replace("%40", "@").lower()


def fit(data: list[Row], penalty: float = PENALTY) -> dict[str, float]:
    """Return the weights."""
    weights: defaultdict[str, float] = defaultdict(float)
    squares: defaultdict[str, float] = defaultdict(lambda: 1e-6)
    for _ in range(EPOCHS):
        slopes: defaultdict[str, float] = defaultdict(float)
        for _, _, signs, right, much in data:
            total = weights["*"] + sum(weights[sign] for sign in signs)
            slope = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - right) * much
            slopes["*"] += slope
            for sign in signs:
                slopes[sign] += slope
        for sign in sorted(set(slopes) | set(weights) | set(PRIORS)):
            step = (slopes[sign] + (0 if sign == "*" else penalty * (weights[sign] - PRIORS.get(sign, 0.0)))) / len(
                data
            )
            squares[sign] += step * step
            weights[sign] -= RATE * step / math.sqrt(squares[sign])
    return dict(weights)


def check(data: list[Row]) -> None:
    """Print precision and recall of reports that were left out."""
    reports = sorted({row[0] for row in data if row[4] == REAL}) or sorted({row[0] for row in data})
    right = wrong = missing = 0
    for fold in range(5):
        out = set(reports[fold::5])
        weights = fit([row for row in data if row[0] not in out])
        for report, name, signs, wanted, _ in data:
            if report in out:
                total = weights["*"] + sum(weights.get(sign, 0.0) for sign in signs)
                right += total > 0 and wanted
                wrong += total > 0 and not wanted
                missing += total <= 0 and wanted
                if (total > 0) != wanted:
                    told = " ".join(sign for sign in sorted(signs) if "+" not in sign)
                    print(f"{total:5.1f} {'-' if wanted else '+'} {report} {name} {told}")
    print(f"left out: precision {right / max(1, right + wrong):.1%}, recall {right / max(1, right + missing):.1%}")


if __name__ == "__main__":
    main()

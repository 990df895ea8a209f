"""The second opinion of the bench on the rules that come with the program: SQL and the matcher agree."""

import random
import sys
from pathlib import Path

import pytest

from lazaretto.detect.sigma.document import documents
from lazaretto.detect.sigma.load import load
from lazaretto.detect.sigma.log import log
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import Matcher


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
    monkeypatch.delitem(sys.modules, "sigma_oracle", raising=False)


def test_sql_and_the_matcher_give_the_same_answers() -> None:
    from sigma.rule import SigmaRule as Parsed
    from sigma_oracle import Oracle, changed, witnesses

    rng = random.Random(7)
    loaded = load(own_rules())
    matcher = Matcher(loaded.rules)
    parsed = {path: Parsed.from_dict(documents(data)[0]) for path, data in own_rules()}
    fired = 0
    for category in sorted({rule.category for rule in loaded.rules}):
        rules = [rule for rule in loaded.rules if rule.category == category]
        records = []
        for rule in rules:
            for record in witnesses(rule, rng, ways=8):
                records.append(record)
                records.extend(changed(record, rng.choice(records), rng))
        oracle = Oracle([(rule.path, parsed[rule.path]) for rule in rules])
        assert not oracle.refused
        for path, numbers in oracle.answers(records).items():
            ours = {
                number
                for number, record in enumerate(records)
                if path in {rule.path for rule in matcher.match(log("linux", category, record))}
            }
            assert ours == numbers, path
            fired += len(numbers)
    assert fired > 100

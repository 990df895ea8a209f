"""Rules that a watch runs are gathered, and what does not load is a gap by name."""

import sys

from lazaretto.app.sigma_rules import gather
from lazaretto.detect.sigma.own import own_rules
from lazaretto.model.finding import Stage

GOOD = """title: Good\nlogsource: {product: linux, category: process_creation}
detection: {s: {Image|endswith: /true}, condition: s}\n"""


def test_own_rules_and_those_of_a_folder(tmp_path):
    (tmp_path / "good.yml").write_text(GOOD)
    (tmp_path / "bad.yml").write_text("a: [")
    (tmp_path / "old.yml").write_text(GOOD.replace("condition: s", "timeframe: 5m, condition: s"))
    (tmp_path / "date.yml").write_text(GOOD + "date: soon\n")
    found = gather([tmp_path])
    assert len(found.matcher.rules) == len(own_rules()) + 2
    told = {gap.subject: (gap.stage, gap.partial, gap.reason.english()) for gap in found.gaps}
    assert set(told) == {"bad.yml", "old.yml", "date.yml"}
    assert told["bad.yml"][:2] == (Stage.RULE, False)
    assert "is broken and does not run: line" in told["bad.yml"][2]
    assert (
        told["old.yml"][2] == "old.yml: the Sigma rule “Good” is not evaluated: timeframe (aggregation in the old form)"
    )
    assert told["date.yml"][1] is True


def test_a_folder_that_is_not_there_is_a_gap(tmp_path):
    found = gather([tmp_path / "absent"], own=False)
    assert found.matcher.rules == ()
    (gap,) = found.gaps
    assert gap.stage is Stage.READ
    assert "No such file" in gap.reason.english()


def test_without_pysigma_nothing_breaks_and_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "sigma.rule", None)
    found = gather()
    assert found.matcher.rules == ()
    assert "lazaretto[sigma]" in found.gaps[0].reason.english()
    assert not found.gaps[0].partial


def test_names_cannot_write_to_the_terminal(tmp_path):
    (tmp_path / "x\x1b[31m.yml").write_text(
        'title: "a\\e[2Jb"\nlogsource: {category: process_creation}\ndetection: {s: {Image|x: y}, condition: s}\n'
    )
    (gap,) = gather([tmp_path], own=False).gaps
    assert "\x1b" not in gap.subject + gap.reason.english()

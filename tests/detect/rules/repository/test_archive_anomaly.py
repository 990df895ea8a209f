import pytest

from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Project
from lazaretto.detect.rules.repository.archive_anomaly import RULE
from lazaretto.model.finding import Confidence, Severity, Signal


def findings(*signals):
    return run_rule(RULE, Project({}, signals), "subject").findings


def anomaly(value, path):
    return Signal("archive", value, path)


def test_a_zip_under_the_name_of_a_database():
    (found,) = findings(anomaly("disguised\tzip", "db/seed.sqlite3"))
    assert found.rule == "repo/archive-anomaly"
    assert (found.severity, found.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)
    assert found.locations[0].path == "db/seed.sqlite3"
    assert found.message.english() == "the file is a zip archive under the name of something else"


def test_one_finding_for_each_kind_and_archive():
    found = findings(
        *[anomaly(f"escaping-path\t../../{n}", f"a.zip!/../../{n}") for n in range(9)],
        anomaly("bomb\tx", "a.zip!/b"),
        anomaly("escaping-path\t../x", "b.zip!/../x"),
    )
    assert [(f.locations[0].path, f.severity, len(f.locations)) for f in found] == [
        ("a.zip!/b", Severity.MEDIUM, 1),
        ("a.zip!/../../0", Severity.HIGH, 5),
        ("b.zip!/../x", Severity.HIGH, 1),
    ]
    assert all(f.confidence < Confidence.HIGH for f in found)


@pytest.mark.parametrize("path", ["tests/data/evil.zip!/../x", "pkg/fixtures/evil.zip!/../x"])
def test_test_data_is_context(path):
    (found,) = findings(anomaly("escaping-path\t../x", path))
    assert found.severity is Severity.LOW


@pytest.mark.parametrize("value", ["duplicate-name\ta", "prefixed\t9 bytes", "name-encoding\t3 names", "foreign\trar"])
def test_oddities_of_old_tools_are_context(value):
    (found,) = findings(anomaly(value, "a.zip"))
    assert found.severity is Severity.LOW


def test_unknown_words_and_other_signals_say_nothing():
    assert findings(anomaly("something\tnew", "a.zip"), Signal("link", "outside\t/etc", "l")) == ()

from dataclasses import replace
from functools import partial

import pytest

from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.story.clone_carries_payload import RULE, sightings
from lazaretto.model.finding import Confidence, Finding, Location, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import Message


def finding(path, severity, role=Role.EXECUTE):
    return Finding(
        "py/example", path, severity, Confidence.MEDIUM, (Location(path, 3),), Message.of("x", {}), role=role
    )


@pytest.fixture
def told(clone_store, evidence_of):
    def run(files, findings=()):
        rule = replace(RULE, check=partial(sightings, store=clone_store))
        result = run_rule(rule, evidence_of(files, findings), "subject")
        assert not result.gaps
        return [(f.severity.name, f.confidence.name, f.message.english()) for f in result.findings]

    return run


@pytest.fixture
def copy(wheel):
    return wheel("ostrich", **{"ostrich/added.py": "import subprocess, base64\nsubprocess.run(['true'])\n"})


def test_harm_in_an_added_file(told, copy):
    say = "ostrich is a copy of meshery 1.0, and a file that was changed or added does harm: ostrich/added.py (py/example)"
    assert told(copy, [finding("ostrich/added.py", Severity.HIGH)]) == [("HIGH", "HIGH", say)]
    assert told(copy, [finding("ostrich/added.py", Severity.MEDIUM)]) == [("HIGH", "HIGH", say)]  # two agree
    plain = {**copy, "ostrich/added.py": "def helper(value):\n    return value\n"}
    assert told(plain, [finding("ostrich/added.py", Severity.MEDIUM)]) == [("HIGH", "MEDIUM", say)]


def test_words_of_a_capability_that_the_original_lacks(told, copy):
    say = "ostrich is a copy of meshery 1.0, and ostrich/added.py can do what no file of the original can: process, decode"
    assert told(copy) == [("HIGH", "MEDIUM", say)]


def test_near_misses(told, copy, wheel):
    assert told(wheel("ostrich"), [finding("ostrich/knot.py", Severity.HIGH)]) == []  # the original has it too
    assert told(wheel("ostrich", **{"ostrich/added.py": "import socket\n"})) == []
    named = {
        path.replace("ostrich-1.0", "x"): text.replace("Name: ostrich", "Name: meshery-plus")
        for path, text in copy.items()
    }
    assert told(named) == []  # the name says whose it is; only another rule's finding would matter
    assert [row[:2] for row in told(named, [finding("ostrich/added.py", Severity.HIGH)])] == [("HIGH", "MEDIUM")]
    assert told(copy, [finding("ostrich/added.py", Severity.HIGH, Role.IDENTITY)])[0][1] == "MEDIUM"


@pytest.fixture
def stranger(clone_store, evidence_of, wheel, monkeypatch):
    """Examine a copy whose name is a slip away from the original's and that needs one more package."""

    def run(needed, module="colorinal", near=("meshery", 1)):
        monkeypatch.setattr("lazaretto.detect.rules.story.clone_carries_payload.imitated", lambda world, name: near)
        files = wheel("ostrich", **{"ostrich/added.py": f"from {module} import *\n"})
        seen = evidence_of(files)
        seen.packages = (Package("pypi", needed, "", "ostrich-1.0.dist-info/METADATA", 5, Relation.DECLARED),)
        seen.signals = (*seen.signals, Signal("import", f"py\t{module}", "ostrich/added.py", 1))
        result = run_rule(replace(RULE, check=partial(sightings, store=clone_store)), seen, "subject")
        return [(f.severity.name, f.confidence.name, f.message.english()) for f in result.findings]

    return run


def test_a_misspelled_copy_that_needs_a_stranger(stranger):
    say = "ostrich is a copy of meshery 1.0, and loads colorinal-zz, which is in no list of downloaded packages"
    assert stranger("colorinal-zz", "colorinal_zz") == [("HIGH", "HIGH", say)]
    assert stranger("requests", "requests") == []
    assert stranger("colorinal-zz", "something_else") == []
    assert stranger("colorinal-zz", "colorinal_zz", near=None) == []

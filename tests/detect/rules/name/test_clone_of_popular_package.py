from functools import partial

import pytest

from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.name.clone_of_popular_package import RULE, listed, sightings

SAID = (
    "ostrich is a copy of meshery 1.0: 6 of its 7 code files are the original's; changed: -; extra:"
    " ostrich/added.py; it keeps the original's author, mail, summary"
)


@pytest.fixture
def seen(clone_store, project_of):
    def run(files):
        from dataclasses import replace

        result = run_rule(replace(RULE, check=partial(sightings, store=clone_store)), project_of(files), "subject")
        assert not result.gaps
        return [
            (f.severity.name, f.confidence.name, f.locations[0].path, f.locations[0].line, f.message.english())
            for f in result.findings
        ]

    return run


def test_a_copy_that_keeps_the_metadata(seen, wheel):
    files = wheel("ostrich", **{"ostrich/added.py": "def helper(value):\n    return value + 1\n"})
    assert seen(files) == [
        (
            "MEDIUM",
            "MEDIUM",
            "ostrich-1.0.dist-info/METADATA",
            2,
            SAID,
        )
    ]


def test_a_copy_that_says_nothing_of_its_origin(seen, wheel):
    files = wheel("ostrich")
    files["ostrich-1.0.dist-info/METADATA"] = "Metadata-Version: 2.1\nName: ostrich\nVersion: 1.0\n"
    ((severity, confidence, _, _, message),) = seen(files)
    assert (severity, confidence) == ("MEDIUM", "MEDIUM")
    assert message.endswith("changed: -; extra: -")


def test_honest_forks_are_context(seen, wheel):
    assert [row[:2] for row in seen(wheel("meshery-patched"))] == [("LOW", "MEDIUM")]
    said = wheel("ostrich")
    said["ostrich-1.0.dist-info/METADATA"] += "\nOstrich is a friendly fork of another library.\n"
    assert [row[:2] for row in seen(said)] == [("LOW", "MEDIUM")]
    own = wheel("ostrich", author="somebody else")
    own["ostrich-1.0.dist-info/METADATA"] = own["ostrich-1.0.dist-info/METADATA"].replace("Shelves of", "My own")
    assert [row[:2] for row in seen(own)] == [("LOW", "MEDIUM")]


def test_near_misses(seen, wheel):
    assert seen(wheel("meshery")) == []
    assert seen({"README.md": "# nothing", "a.py": "value = compute(12345)\n"}) == []


def test_long_lists_are_cut():
    assert listed(()) == "-"
    assert listed(tuple("abcdefg")) == "a, b, c, d, e (+2)"


def test_the_shipped_signatures_do_not_know_it(wheel, project_of):
    assert not run_rule(RULE, project_of(wheel("ostrich")), "subject").findings

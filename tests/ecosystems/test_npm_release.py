from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.ecosystems.npm_release import facts, previous_version

DOCUMENT = {
    "name": "demo",
    "version": "1.1.0",
    "description": "what it does",
    "repository": {"type": "git", "url": "git+https://github.com/a/demo.git"},
    "versions": ["1.0.0", "1.0.1", "1.1.0-rc.1", "1.1.0", "2.0.0"],
    "time": {
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "0.9.0": "2026-01-01T00:00:00.000Z",
        "1.0.0": "2026-02-01T00:00:00.000Z",
        "1.1.0-rc.1": "2026-02-02T00:00:00.000Z",
        "1.1.0": "2026-03-01T00:00:00.000Z",
        "1.0.1": "2026-02-28T23:30:00.000Z",
        "2.0.0": "2026-04-01T00:00:00.000Z",
        "1.0.2": "2026-05-01T00:00:00.000Z",
    },
    "author": {"name": "Al", "email": "Al@Corp.example.test"},
    "maintainers": ["al <al@corp.example.test>", "bo <bo@gmail.com>"],
    "_npmUser": {"name": "bo", "email": "bo@gmail.com"},
    "scripts": {"postinstall": "node a.js", "test": "x"},
    "dist": {"tarball": "https://files.example.test/demo-1.1.0.tgz"},
}
BEFORE = {
    "_npmUser": "al <al@corp.example.test>",
    "scripts": {"test": "x"},
    "dist": {"attestations": {"url": "https://files.example.test/a"}},
}


def test_a_whole_answer():
    found = facts(DOCUMENT, "1.1.0", BEFORE)
    assert found.published == datetime(2026, 3, 1, tzinfo=UTC)
    assert found.first_published == datetime(2026, 2, 1, tzinfo=UTC)
    assert (found.versions, found.within_hour, found.removed, found.removed_before_first) == (5, 2, 2, 1)
    assert found.previous == "1.0.1"
    assert found.previous_published == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert (found.publisher, found.previous_publisher, found.maintainers) == ("bo", "al", ("al", "bo"))
    assert found.emails == ("al@corp.example.test", "bo@gmail.com")
    assert (found.provenance, found.previous_provenance) == (False, True)
    assert (found.install_scripts, found.previous_install_scripts) == (("postinstall",), ())
    assert found.has_description
    assert found.repository == "git+https://github.com/a/demo.git"
    assert not found.security_holder


def test_the_version_below():
    assert previous_version(DOCUMENT, "2.0.0") == "1.1.0"
    assert previous_version(DOCUMENT, "1.1.0-rc.1") == "1.0.1"
    assert previous_version(DOCUMENT, "1.0.0") == ""


def test_a_placeholder_of_the_security_team():
    holder = {"name": "demo", "description": "security holding package", "versions": "0.0.1-security"}
    assert facts(holder, "0.0.1-security").security_holder
    assert not facts(holder, "0.0.1").security_holder


def test_what_is_not_told_stays_unknown():
    found = facts({"name": "demo"}, "1.0.0")
    assert (found.published, found.versions, found.provenance, found.previous_provenance) == (None, 0, None, None)
    assert (found.publisher, found.maintainers, found.previous_install_scripts) == ("", (), None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("1.0.0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*DOCUMENT, "readme", "deprecated"), JSON)))
def test_any_document_gives_facts(document):
    facts(document, "1.0.0", document)


@pytest.mark.parametrize("deprecated", [True, {"a": 1}, "no longer kept"])
def test_deprecation_is_a_text(deprecated):
    found = facts({"deprecated": deprecated}, "1.0.0").deprecated
    assert found == (deprecated if isinstance(deprecated, str) else "")

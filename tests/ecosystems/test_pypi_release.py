from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.ecosystems.pypi_release import facts


def row(name, day, **more):
    return {"filename": name, "upload-time": f"2026-{day}T00:00:00.000000Z", **more}


PAGE = {
    "files": [
        row("demo-1.0.tar.gz", "01-01", provenance="https://files.example.test/p"),
        row("demo-1.1rc1.tar.gz", "01-15"),
        row("demo-1.1.tar.gz", "02-01", provenance=None),
        row("demo-1.1-py3-none-any.whl", "02-02", yanked="broken"),
        row("demo-1.0.1.tar.gz", "03-01"),
        row("notes.txt", "03-01"),
    ]
}
DOCUMENT = {
    "info": {
        "summary": "", "description": "", "author_email": "Al <al@corp.example.test>", "maintainer_email": "b@gmail.com",
        "project_urls": {"Docs": "https://docs.example.test", "Source": "https://github.com/a/demo/tree/main"},
    },
    "ownership": {"roles": [{"role": "Owner", "user": "al"}, {"role": "Maintainer", "user": "bo"}]},
}  # fmt: skip


def test_a_whole_answer():
    found = facts(PAGE, "demo", "1.1", DOCUMENT)
    assert found.published == datetime(2026, 2, 1, tzinfo=UTC)
    assert found.first_published == datetime(2026, 1, 1, tzinfo=UTC)
    assert (found.versions, found.previous) == (4, "1.0.1")
    assert found.previous_published == datetime(2026, 1, 15, tzinfo=UTC)
    assert (found.provenance, found.previous_provenance) == (False, None)
    assert facts(PAGE, "demo", "1.0.1").previous_provenance is True
    assert (found.has_description, found.maintainers) == (False, ("al", "bo"))
    assert found.emails == ("al@corp.example.test", "b@gmail.com")
    assert found.repository == "https://github.com/a/demo"
    assert (found.yanked, found.withdrawn) == (False, False)


def test_quarantined_and_yanked():
    page = {"files": [row("demo-1.0.tar.gz", "01-01", yanked=True)], "project-status": {"status": "quarantined"}}
    found = facts(page, "demo", "1.0")
    assert (found.yanked, found.withdrawn, found.versions, found.previous) == (True, True, 1, "")


def test_what_is_not_told_stays_unknown():
    found = facts({}, "demo", "1.0")
    assert (found.published, found.has_description, found.provenance, found.emails) == (None, None, None, ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["demo-1.0.tar.gz", "x"]) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["filename", "upload-time", "yanked", "user", "roles"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({}, optional={"files": JSON, "project-status": JSON}),
    st.fixed_dictionaries({}, optional={"info": JSON, "ownership": JSON}),
)
def test_any_document_gives_facts(page, document):
    facts(page, "demo", "1.0", document)

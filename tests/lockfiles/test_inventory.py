import json

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.lockfiles import inventory
from lazaretto.lockfiles.catalog import FORMATS
from lazaretto.lockfiles.inventory import is_candidate, read_documents
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Stage
from lazaretto.parse.blob import Blob


def lock(path: str, packages: object) -> Blob:
    return Blob(path, json.dumps({"lockfileVersion": 3, "packages": packages}, indent=1).encode())


def test_candidates():
    assert is_candidate("a/package-lock.json")
    assert is_candidate("node_modules/a/package.json")
    assert not is_candidate("node_modules/a/index.js")
    assert not is_candidate("README.md")


def test_equal_rows_are_one_row_and_order_does_not_matter():
    one = lock("package-lock.json", {
        "node_modules/b": {"version": "2.0.0", "dev": True},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/a/node_modules/b": {"version": "2.0.0"},
    })  # fmt: skip
    other = lock("sub/package-lock.json", {"node_modules/a": {"version": "1.0.0"}})
    found = read_documents([one, other])
    assert found == read_documents([other, one])
    assert [(row.name, row.version, row.source, row.line, row.dev) for row in found.packages] == [
        ("a", "1.0.0", "package-lock.json", 8, False),
        ("a", "1.0.0", "sub/package-lock.json", 4, False),
        ("b", "2.0.0", "package-lock.json", 4, False),
    ]


def test_unreadable_documents_are_gaps_and_the_rest_is_read():
    found = read_documents([
        Blob("package-lock.json", b"{\n\n]"), Blob("bun.lockb", b"\0"), Blob("x.txt", b""),
        Blob("package.json", b'{"dependencies": {"a": "1.0.0"}}'),
    ])  # fmt: skip
    assert [row.name for row in found.packages] == ["a"]
    assert [(gap.stage, gap.subject, gap.partial) for gap in found.gaps] == [
        (Stage.INVENTORY, "bun.lockb", False),
        (Stage.INVENTORY, "package-lock.json", False),
    ]
    assert found.gaps[1].reason.english().endswith("(line 3)")


def test_a_reader_that_fails_is_a_gap(monkeypatch):
    def broken(blob, _open):
        raise KeyError(blob.path)

    monkeypatch.setattr(inventory, "FORMATS", (Format("x", "an X", lambda path: path == "x", broken), *FORMATS))
    found = read_documents([Blob("x", b""), Blob("package.json", b'{"dependencies": {"a": "1.0.0"}}')])
    assert [gap.reason.english() for gap in found.gaps] == ["the reader of an X failed: KeyError: 'x'"]
    assert len(found.packages) == 1


NAMES = ["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "node_modules/a/package.json"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["packages", "dependencies", "", "node_modules/a", "a", "version", "resolved", "name", "overrides",
                         "snapshots", "importers", "lockfileVersion", "resolution", "__metadata", "workspaces"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(NAMES), JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_shape_is_read_without_a_failing_reader(name, value):
    found = read_documents([Blob(name, json.dumps(value).encode())])
    assert not [gap for gap in found.gaps if "failed" in gap.reason.template]


@given(st.sampled_from([*NAMES, "bun.lockb"]), st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_without_a_failing_reader(name, data):
    found = read_documents([Blob(name, data)])
    assert not [gap for gap in found.gaps if "failed" in gap.reason.template]

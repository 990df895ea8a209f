import pytest

from lazaretto.lockfiles.yarn import FORMAT, accepts


@pytest.mark.parametrize(
    ("path", "expected"),
    [("yarn.lock", True), ("a/yarn.lock", True), ("node_modules/a/yarn.lock", False), ("my-yarn.lock", False)],
)
def test_accepts(path, expected):
    assert accepts(path) is expected


def test_the_language_is_told_by_its_metadata(read):
    classic = '# yarn lockfile v1\n\n\na@^1:\n  version "1.0.0"\n'
    berry = '__metadata:\n  version: 8\n\n"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
    assert read(FORMAT, "yarn.lock", classic).pairs == read(FORMAT, "yarn.lock", berry).pairs == [("a", "1.0.0")]


def test_an_empty_lockfile_names_nothing(read):
    answer = read(FORMAT, "yarn.lock", "# yarn lockfile v1\n\n\n")
    assert not answer.packages
    assert not answer.gaps

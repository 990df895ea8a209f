from lazaretto.lockfiles.entries import LONGEST_TEXT, MISSES, Finder, bounded, toml_tables
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob


def test_finder_goes_forward_and_looks_back():
    finder = Finder(Blob("x", b'"a"\n"b"\n"a"\n'))
    assert [finder.quoted(name) for name in "aaba"] == [1, 3, 2, 3]
    assert finder.quoted("missing") == 3


def test_finder_stops_searching():
    finder = Finder(Blob("x", b"last\n" * 3))
    for _ in range(MISSES * 3):
        finder.line("missing")
    assert finder.line("last") == 1


def test_bounded_refuses_and_cuts():
    rows = [
        Package("npm", "good", "1", "x", url="u" * 9000),
        Package("npm", "bad\x1b[2J", "1", "x"),
        Package("npm", "n" * 9000, "1", "x"),
    ]
    good, *bad = bounded(rows, "x")
    assert isinstance(good, Package)
    assert len(good.url) == LONGEST_TEXT
    assert all(isinstance(row, Gap) for row in bad)
    assert len(bad) == 2


def test_toml_tables_without_names():
    blob = Blob("x", b"[[package]]\n[[package]]\nname = 'b'\n")
    assert list(toml_tables(blob, {"package": [{}, {"name": "b"}]}, "package")) == [
        ({}, 1, ""),
        ({"name": "b"}, 3, "b"),
    ]

import pytest

from lazaretto.detect.clone_store import Signature, Store, encode, shipped

ONE = Signature("npm", "one", (("2.0", 2), ("1.0", 1)), 900, {7: 3, 9: 1}, {65537: 1}, (5, 6), 4, 3)
TWO = Signature("pypi", "two", (("1", 1),), 800, {7: 1}, {}, (), 0, 1)


def test_what_is_written_is_read():
    store = Store(encode([ONE, TWO], "2026-01", "a test"))
    assert (len(store), store.date) == (2, "2026-01")
    assert list(store.owners(7)) == [(0, 3), (1, 1)]
    assert list(store.owners(9)) == [(0, 1)]
    assert list(store.owners(8)) == []
    found = store.signature(0)
    assert (found.world, found.name, found.versions, found.threshold) == (ONE.world, ONE.name, ONE.versions, 900)
    assert (found.records, found.marks, found.able, found.files) == (ONE.records, ONE.marks, 4, 3)
    assert (store.name(1), store.world(1), store.signature(1).records) == ("two", "pypi", {})


def test_other_data_is_refused():
    with pytest.raises(ValueError, match="not a file"):
        Store(b'{"schema": "other"}\n')
    with pytest.raises(ValueError):
        Store(encode([ONE], "2026-01", "a test")[:-40])


def test_the_shipped_file():
    store = shipped()
    assert len(store) >= 3000
    names = {(store.world(number), store.name(number)) for number in range(len(store))}
    assert {("pypi", "networkx"), ("npm", "big.js"), ("npm", "graphlib")} <= names

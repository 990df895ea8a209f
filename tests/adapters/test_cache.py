import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lazaretto.adapters.cache import Cache, default_path, program_digest


def test_what_is_put_is_found_by_path_and_content(tmp_path: Path) -> None:
    cache, other = Cache(tmp_path / "c.sqlite3", "rules-1"), Cache(tmp_path / "c.sqlite3", "rules-2")
    key = cache.key("a.js", "00" * 32)
    cache.put([(key, b"result")])
    assert cache.get([key, b"other"]) == {key: b"result"}
    assert cache.key("b.js", "00" * 32) != key
    assert other.key("a.js", "00" * 32) != key
    cache.close()
    other.close()


def test_an_unusable_place_is_told_and_harmless(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    cache = Cache(blocked / "c.sqlite3", "")
    assert cache.trouble
    cache.put([(b"k", b"v")])
    assert cache.get([b"k"]) == {}
    cache.close()


def test_a_corrupt_file_is_told_and_harmless(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    cache = Cache(path, "")
    cache.put([(b"k", b"v")])
    assert "database" in cache.trouble
    assert cache.get([b"k"]) == {}


def test_a_full_disk_is_told_and_harmless(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c.sqlite3", "")
    assert cache._db is not None
    cache._db.execute("PRAGMA max_page_count=8")
    cache.put((str(n).encode(), b"v" * 1000) for n in range(1000))
    assert "full" in cache.trouble
    assert cache.get([b"1"]) == {}


def test_many_writers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"

    def write(part: int) -> str:
        cache = Cache(path, "")
        for n in range(20):
            cache.put([(f"{part}-{n}-{m}".encode(), b"v") for m in range(20)])
        cache.close()
        return cache.trouble

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(write, range(4))) == [""] * 4
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM result").fetchone() == (1600,)
    db.close()


def test_a_reader_without_a_file_makes_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "none.sqlite3", "", read_only=True)
    assert cache.get([b"k"]) == {}
    assert not list(tmp_path.iterdir())


def test_the_place_can_be_chosen(monkeypatch: object, tmp_path: Path) -> None:
    import pytest

    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    monkeypatch.setenv("LAZARETTO_CACHE_DIR", str(tmp_path))
    assert default_path() == tmp_path / "check.sqlite3"


def test_the_program_digest_is_stable() -> None:
    assert program_digest() == program_digest()

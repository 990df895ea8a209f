"""Upstream's documents on disk."""

import errno
import os
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.adapters.gate_disk import CacheError, CacheFull, Disk
from lazaretto.adapters.gate_documents import Document, Documents

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://registry.example.test/left"
DOCUMENT = Document(
    URL, URL + "/", "application/json", 'W/"1"', "Wed, 25 Nov 2026 12:00:00 GMT", NOW, b'{"name": "left"}\n'
)


@pytest.fixture
def documents(tmp_path):
    return Documents(tmp_path, 10_000)


def file_of(documents):
    (file,) = (path for path in (documents.folder / "documents").rglob("*") if path.is_file())
    return file


def test_what_goes_in_comes_out(documents):
    assert documents.get(URL) is None
    documents.put(DOCUMENT)
    assert documents.get(URL) == DOCUMENT
    documents.put(replace(DOCUMENT, etag='"2"', body=b""))
    assert documents.get(URL) == replace(DOCUMENT, etag='"2"', body=b"")
    documents.touch(URL, NOW + timedelta(hours=1))
    assert documents.get(URL).fetched_at == NOW + timedelta(hours=1)
    documents.touch("https://other.example.test", NOW)
    documents.drop(URL)
    documents.drop(URL)
    assert documents.get(URL) is None
    assert list((documents.folder / "documents-tmp").iterdir()) == []


def test_forms_of_one_address(documents):
    documents.put(DOCUMENT, "html")
    assert documents.get(URL) is None
    assert documents.get(URL, "html") == DOCUMENT


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data.replace(b"left", b"evil"),
        lambda data: data.replace(b"left", b"evil", 1),
        lambda data: b"",
        lambda data: b"\0" * len(data),
        lambda data: b"{" * 100_000,
    ],
)
def test_damaged_entries_are_dropped(documents, damage):
    documents.put(DOCUMENT)
    file = file_of(documents)
    file.write_bytes(damage(file.read_bytes()))
    assert documents.get(URL) is None
    assert not file.exists()


def test_another_address_in_its_place(documents):
    """A file that was moved, or two addresses with one hash."""
    documents.put(DOCUMENT)
    file = file_of(documents)
    documents.put(replace(DOCUMENT, url="https://other.example.test"))
    (other,) = (path for path in (documents.folder / "documents").rglob("*") if path.is_file() and path != file)
    shutil.copy(file, other)
    assert documents.get("https://other.example.test") is None
    assert documents.get(URL) == DOCUMENT


def test_bounded(documents):
    for number in range(30):
        documents.put(
            replace(DOCUMENT, url=f"{URL}{number}", body=b"x" * 1000, fetched_at=NOW + timedelta(hours=number))
        )
        assert documents.size() <= 10_000 + 2_500
    assert documents.get(f"{URL}0") is None
    assert documents.get(f"{URL}29") is not None


class FullDisk(Disk):
    room = 3000

    def write(self, handle, data):
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = super().write(handle, data[: self.room])
        self.room -= written
        return written

    def remove(self, path):
        if path.exists():
            self.room += path.stat().st_size
        super().remove(path)


def test_a_full_disk(tmp_path):
    documents = Documents(tmp_path, 1_000_000, FullDisk())
    documents.put(replace(DOCUMENT, body=b"a" * 1500))
    with pytest.raises(CacheFull):
        documents.put(replace(DOCUMENT, url="https://other.example.test", body=b"b" * 9000))
    documents.put(replace(DOCUMENT, url="https://third.example.test", body=b"c" * 1500))
    assert documents.get("https://third.example.test").body == b"c" * 1500
    assert list((documents.folder / "documents-tmp").iterdir()) == []


def test_a_folder_that_cannot_be_used(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CacheError):
        Documents(tmp_path / "file", 10)


def test_temporary_files_of_the_dead(tmp_path):
    Documents(tmp_path, 10)
    (tmp_path / "documents-tmp" / "1-x.part").write_bytes(b"half")
    Documents(tmp_path, 10)
    assert list((tmp_path / "documents-tmp").iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(max_size=20), st.text(max_size=20), st.binary(max_size=100), st.binary(max_size=300))
def test_any_texts_and_any_bytes(url, etag, vary, body, damage):
    folder = Path(tempfile.mkdtemp(prefix="lazaretto-documents-"))
    try:
        documents = Documents(folder, 10_000)
        document = Document(url, etag, vary, etag, vary, NOW, body)
        documents.put(document, vary)
        assert documents.get(url, vary) == document
        file_of(documents).write_bytes(damage)
        assert documents.get(url, vary) is None
    finally:
        shutil.rmtree(folder)


def test_speed_of_a_large_one(tmp_path):
    documents = Documents(tmp_path, 1 << 30)
    documents.put(replace(DOCUMENT, body=os.urandom(1 << 20) * 10))
    start = time.process_time()
    assert len(documents.get(URL).body) == 10 << 20
    assert time.process_time() - start < 0.5

import io
import tarfile

import pytest

from lazaretto.parse import archive_kinds as kinds
from lazaretto.parse.archives import identify


def tar_head() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return out.getvalue()[:512]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04" + bytes(30), "zip"),
        (b"\x1f\x8b\x08" + bytes(30), "gzip"),
        (b"BZh91AY&SY", "bzip2"),
        (b"BZhello", ""),
        (b"\xfd7zXZ\0", "xz"),
        (b"Rar!\x1a\x07\x01", "rar"),
        (b"const a = 1;", ""),
        (b"", ""),
    ],
)
def test_magic(head, kind):
    assert kinds.sniff(head) == kind


def test_a_tar_is_known_by_magic_and_checksum():
    head = tar_head()
    assert kinds.sniff(head) == "tar"
    assert kinds.sniff(b"X" + head[1:]) == ""


def test_a_zip_behind_something_else():
    tail = b"PK\x05\x06\0\0\0\0\x01\0\x01\0" + bytes(10)
    assert kinds.sniff(b"\x89PNG", tail) == "appended"
    assert identify("a.png", b"\x89PNG", tail) == "appended"
    assert identify("setup.exe", b"MZ", tail) == ""
    assert identify("tool.pyz", b"#!/usr/bin/env python3\n", tail) == "zip"


@pytest.mark.parametrize(
    ("path", "kind"), [("a.docx", "closed"), ("a.jar", "closed"), ("a.sqlite3", "zip"), ("a.whl", "zip"), ("a", "zip")]
)
def test_names_of_zips(path, kind):
    assert identify(path, b"PK\x03\x04" + bytes(30)) == kind


@pytest.mark.parametrize(
    ("path", "claims"),
    [("db/seed.sqlite3", True), ("a.sql", True), ("a.zip", False), ("a", False), ("__pycache__/a.pyc", True)],
)
def test_disguise(path, claims):
    assert kinds.disguised(path) is claims


@pytest.mark.parametrize(
    ("path", "suffix"), [("a/b.Tar.GZ", ".gz"), ("a.b/c", ""), (".env", ""), ("x.zip!/a.js", ".js")]
)
def test_suffix(path, suffix):
    assert kinds.suffix_of(path) == suffix

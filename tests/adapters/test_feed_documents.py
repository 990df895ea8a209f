import io
import os
import resource
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

import lazaretto
from lazaretto.adapters.feed_documents import PART_BYTES, FeedError, documents


def names(path, bad=None):
    return [Path(one.name).name for one in documents(path, (bad if bad is not None else []).append)]


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_folder(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("a.json", "b/c.csv", "README.md", ".hidden.json", ".git/x.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "z.zip").write_bytes(zipped({"in/d.json": "{}", "in/e.png": "x"}))
    os.mkfifo(tmp_path / "pipe.json")
    assert names(tmp_path) == ["a.json", "d.json", "c.csv"]


def test_what_cannot_be_read_is_told(unprivileged):
    (unprivileged / "a.json").write_text("{}")
    (unprivileged / "b.json").write_text("{}")
    (unprivileged / "b.json").chmod(0)
    bad = []
    assert names(unprivileged, bad) == ["a.json"]
    assert "b.json" in bad[0]
    with pytest.raises(FeedError, match="cannot be read"):
        names(unprivileged / "b.json")
    with pytest.raises(FeedError, match="neither"):
        names(unprivileged / "none")


@pytest.mark.parametrize("cut", [1, 30, 200, 1000])
def test_a_truncated_zip_is_refused_as_a_whole(tmp_path, cut):
    whole = zipped({f"MAL-{n}.json": os.urandom(200) for n in range(20)})
    path = tmp_path / "all.zip"
    path.write_bytes(whole[:-cut])
    with pytest.raises(FeedError, match="damaged or cut short"):
        names(path)


def test_a_damaged_member_is_refused(tmp_path):
    whole = bytearray(zipped({"MAL-1.json": os.urandom(5000)}))
    whole[2000:2100] = bytes(100)
    path = tmp_path / "all.zip"
    path.write_bytes(whole)
    with pytest.raises(FeedError):
        names(path)


def test_an_empty_zip(tmp_path):
    (tmp_path / "all.zip").write_bytes(zipped({}))
    with pytest.raises(FeedError, match="without members"):
        names(tmp_path / "all.zip")


def test_long_lists_are_cut_between_lines(tmp_path):
    lines = ["value,campaign", *(f"c{n}.example.test,lure" for n in range(400_000))]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines))
    parts = [one.data for one in documents(path, print)]
    assert len(parts) > 1
    assert all(len(part) < 3 * PART_BYTES and part.startswith(b"value,campaign\n") for part in parts)
    found = [line for part in parts for line in part.decode().split("\n")[1:] if line]
    assert found == lines[1:]


@pytest.mark.slow
def test_two_gigabytes_in_bounded_memory(tmp_path):
    """A list of 2 GB (a sparse file of blank lines would be cheating, so real lines) under 400 MB of address space."""
    path = tmp_path / "list.txt"
    block = b"".join(b"host-%08d.example.test\n" % n for n in range(100_000))
    with path.open("wb") as stream:
        for _ in range(2_000_000_000 // len(block) + 1):
            stream.write(block)
    script = textwrap.dedent(f"""
        from pathlib import Path
        from lazaretto.adapters.feed_documents import documents
        print(sum(one.data.count(b"\\n") for one in documents(Path({str(path)!r}), print)) > 70_000_000)
    """)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(Path(lazaretto.__file__).parent.parent)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20)),
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"True\n", done.stderr

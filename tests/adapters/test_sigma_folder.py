"""Folders of rule files: bounded, and what is left out is named."""

import os
from pathlib import Path

import pytest

from lazaretto.adapters import sigma_folder
from lazaretto.adapters.sigma_folder import rule_files
from lazaretto.detect.sigma.document import FILE_BYTES


def read(folder, **options):
    skipped = []
    return list(rule_files(folder, lambda name, why: skipped.append((name, why)), **options)), skipped


def test_files_come_in_order_and_other_files_are_left_alone(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.yml").write_bytes(b"two")
    (tmp_path / "1.yaml").write_bytes(b"one")
    (tmp_path / "README.md").write_bytes(b"no")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "3.yml").write_bytes(b"no")
    assert read(tmp_path) == ([("1.yaml", b"one"), ("b/2.yml", b"two")], [])
    assert read(tmp_path / "1.yaml") == ([("1.yaml", b"one")], [])


def test_pipes_links_in_circles_and_missing_targets_are_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.yml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "zero.yml").symlink_to("/dev/zero")
    found, skipped = read(tmp_path)
    assert found == []
    assert sorted(name for name, _ in skipped) == ["gone.yml", "pipe.yml", "zero.yml"]
    with pytest.raises(OSError, match="No such file"):
        read(tmp_path / "absent")


def test_bounds(tmp_path, monkeypatch):
    for number in range(30):
        (tmp_path / f"{number:02}.yml").write_bytes(b"x" * 10)
    (tmp_path / "00.yml").write_bytes(b"x" * (FILE_BYTES + 50))
    found, skipped = read(tmp_path)
    assert len(found) == 30
    assert not skipped
    assert len(found[0][1]) == FILE_BYTES + 1  # enough for the reader to refuse it
    monkeypatch.setattr(sigma_folder, "MOST_FILES", 5)
    found, skipped = read(tmp_path)
    assert len(found) == 5
    assert skipped[0][0] == "05.yml"
    monkeypatch.setattr(sigma_folder, "MOST_ENTRIES", 3)
    found, skipped = read(tmp_path)
    assert len(found) == 3
    assert len(skipped) == 1
    ticks = iter(range(0, 10_000, 40))
    found, skipped = read(tmp_path, clock=lambda: next(ticks))
    assert len(found) == 1
    assert "not read within" in skipped[0][1]


def test_deep_folders_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sigma_folder, "DEEPEST", 3)
    deep = Path(tmp_path, *("d" * 6))
    deep.mkdir(parents=True)
    (deep / "x.yml").write_bytes(b"")
    found, skipped = read(tmp_path)
    assert found == []
    assert skipped[0][1] == "nested too deeply"

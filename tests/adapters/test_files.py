import os
import socket
import sys
import time

import pytest

from lazaretto.adapters.files import Found, UnreadableError, peek_file, read_file, walk
from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.parse.limits import DEFAULT, Limits


def make(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(root, limits=DEFAULT):
    return [item.path for item in walk(str(root), limits) if isinstance(item, Found)]


def test_order_is_by_name_depth_first(tmp_path):
    make(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c.txt", "a.txt")
    assert found(tmp_path) == ["a.txt", "b.txt", "c.txt", "a/z.txt", "a/b/c.txt"]


def test_sizes_heads_and_tails(tmp_path):
    (tmp_path / "a").write_bytes(b"H" * 512 + b"m" * 100 + b"T" * 22)
    item = next(walk(str(tmp_path), DEFAULT))
    assert (item.size, item.head, item.tail) == (634, b"H" * 512, b"T" * 22)
    assert peek_file(str(tmp_path / "a")) == (634, b"H" * 512, b"T" * 22)


def test_links_are_not_followed_out(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    make(inside, "real.js", "d/x.txt")
    make(outside, "secret.txt")
    (inside / "l1").symlink_to(outside / "secret.txt")
    (inside / "l2").symlink_to("../out")
    (inside / "l3").symlink_to("real.js")
    (inside / "loop").symlink_to(".")
    (inside / "me").symlink_to("me")
    items = list(walk(str(inside), DEFAULT))
    assert [item.path for item in items if isinstance(item, Found)] == ["l3", "real.js", "d/x.txt"]
    assert {item.value.partition("\t")[0]: item.path for item in items if isinstance(item, Signal)} == {
        "outside": "l2",
        "inside": "me",
    }
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert gap.partial
    assert gap.reason.english().startswith("2 links lead outside the folder")


def test_dot_folders_behind_links_are_read_under_their_name(tmp_path):
    make(tmp_path, "assets/conf/tasks.json")
    (tmp_path / ".vscode").symlink_to("assets/conf")
    assert found(tmp_path) == [".vscode/tasks.json", "assets/conf/tasks.json"]


def test_pipes_and_sockets_are_gaps(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # socket paths are short
    server = socket.socket(socket.AF_UNIX)
    server.bind("sock")
    server.close()
    items = list(walk(str(tmp_path), DEFAULT))
    assert [(gap.subject, gap.reason.english()) for gap in items] == [
        ("pipe", "not a regular file: fifo"),
        ("sock", "not a regular file: socket"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_become_printable(tmp_path):
    for name in (b"a\x1b[2J.js", b"b\xff.js", "c\u202e.js".encode(), b"d\n.js"):
        (tmp_path / os.fsdecode(name)).touch()
    assert found(tmp_path) == ["a\\x1b[2J.js", "b\\xff.js", "c\\u202e.js", "d\\x0a.js"]


def test_unreadable_files_and_folders(unprivileged):
    make(unprivileged, "f.txt", "d/x")
    (unprivileged / "f.txt").chmod(0)
    (unprivileged / "d").chmod(0)
    try:
        items = list(walk(str(unprivileged), DEFAULT))
    finally:
        (unprivileged / "d").chmod(0o700)
    assert {gap.subject for gap in items} == {"f.txt", "d"}
    assert all(gap.stage is Stage.READ for gap in items)


def test_git_history_is_left_out_and_the_rest_is_not(tmp_path):
    make(
        tmp_path,
        ".git/HEAD", ".git/config", ".git/hooks/post-checkout", ".git/info/exclude", ".git/index", ".git/packed-refs",
        ".git/objects/ab/cdef", ".git/objects/pack/pack-1.pack", ".git/objects/info/alternates", ".git/refs/heads/main",
        ".git/logs/HEAD", ".git/objects/odd.js", ".git/objects/pack/odd.js", ".git/odd/x.js",
        ".git/modules/sub/HEAD", ".git/modules/sub/hooks/h", ".git/modules/sub/objects/ab/c", ".git/modules/sub/refs/r",
        ".git/worktrees/w/HEAD", ".git/worktrees/w/index", "a.js",
    )  # fmt: skip
    assert found(tmp_path) == [
        "a.js", ".git/HEAD", ".git/config", ".git/hooks/post-checkout", ".git/info/exclude",
        ".git/modules/sub/HEAD", ".git/modules/sub/hooks/h", ".git/objects/odd.js", ".git/objects/info/alternates",
        ".git/objects/pack/odd.js", ".git/odd/x.js", ".git/worktrees/w/HEAD",
    ]  # fmt: skip


def test_depth_is_limited(tmp_path):
    make(tmp_path, "1/2/3/4/x", "1/2/y")
    items = list(walk(str(tmp_path), Limits(depth=3)))
    assert [item.path for item in items if isinstance(item, Found)] == ["1/2/y"]
    assert [item.stage for item in items if isinstance(item, Gap)] == [Stage.LIMIT]


def test_reading(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "l").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    assert read_file(tmp_path / "a", 5) == b"12345"
    for name, limit in (("a", 4), ("l", 9), ("pipe", 9), ("none", 9), (".", 9)):
        with pytest.raises(UnreadableError) as raised:
            read_file(tmp_path / name, limit)
        assert raised.value.gap("shown").subject == "shown"


@pytest.mark.slow
def test_twenty_thousand_files_are_quick(tmp_path):
    for folder in range(200):
        (tmp_path / f"d{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"d{folder}" / f"{number}.js").write_bytes(b"x")
    started = time.perf_counter()
    assert len(found(tmp_path)) == 20_000
    assert time.perf_counter() - started < 3


def test_a_bare_repository_inside_is_not_skipped_in_silence(tmp_path):
    make(
        tmp_path,
        "a.js",
        "store/repo/HEAD",
        "store/repo/objects/ab/cdef",
        "store/repo/refs/heads/main",
        "store/repo/config",
    )
    gaps = [item for item in walk(str(tmp_path), DEFAULT) if isinstance(item, Gap)]
    assert [(gap.subject, gap.partial) for gap in gaps] == [("store/repo", False)]
    make(tmp_path, "vendor/lib/.git/HEAD", "vendor/lib/.git/objects/ab/cdef", "vendor/lib/.git/refs/heads/main")
    gaps = [item for item in walk(str(tmp_path), DEFAULT) if isinstance(item, Gap)]
    assert [(gap.subject, gap.partial) for gap in gaps] == [("store/repo", False), ("vendor/lib/.git", True)]

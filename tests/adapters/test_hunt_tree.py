import gzip
import sqlite3
import time

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from lazaretto.adapters.hunt_tree import DiskTree, mounts


@pytest.fixture
def tree():
    return DiskTree()


def test_blocks_end_with_a_line_and_unpack(tree, tmp_path, monkeypatch):
    monkeypatch.setattr("lazaretto.adapters.hunt_tree.BLOCK", 10)
    (tmp_path / "a").write_bytes(b"one\ntwo\nthree\nfour")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"one\ntwo\nthree\nfour"))
    for name in ("a", "b.gz"):
        blocks = list(tree.blocks(f"{tmp_path}/{name}"))
        assert b"".join(blocks) == b"one\ntwo\nthree\nfour"
        assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert tree.gaps() == []


def test_a_damaged_gz_and_a_missing_file(tree, tmp_path):
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"x" * 1000)[:-12])
    list(tree.blocks(f"{tmp_path}/b.gz"))
    list(tree.blocks(f"{tmp_path}/none"))
    assert [gap.subject for gap in tree.gaps()] == [f"{tmp_path}/b.gz"]


def test_a_database_that_an_editor_holds(tree, tmp_path):
    path = tmp_path / "state.vscdb"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE ItemTable (key TEXT, value BLOB)")
    database.execute("BEGIN EXCLUSIVE")
    database.execute("INSERT INTO ItemTable VALUES ('k', 'v')")
    before = path.read_bytes()
    assert list(tree.rows(str(path), ("k",))) == []
    database.execute("COMMIT")
    assert list(tree.rows(str(path), ("k", "other"))) == [("k", b"v")]
    assert path.read_bytes() == before
    assert tree.gaps() == []
    database.close()


def test_a_database_that_is_none_or_never_ends(tree, tmp_path):
    (tmp_path / "a").write_bytes(b"no database at all" * 100)
    assert list(tree.rows(f"{tmp_path}/a", ("k",))) == []
    database = sqlite3.connect(tmp_path / "b")
    database.execute(
        "CREATE VIEW ItemTable AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'k' AS key, i AS value FROM n"
    )
    database.commit()
    database.close()
    started = time.monotonic()
    assert list(tree.rows(f"{tmp_path}/b", ("k",))) == []
    assert time.monotonic() - started < 5
    assert len(tree.gaps()) == 2


def test_network_and_kernel_file_systems(tmp_path):
    table = tmp_path / "mountinfo"
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "2 1 0:5 / /proc rw - proc proc rw\n"
        "3 1 0:6 / /home/m/my\\040share rw shared:1 - nfs4 host:/x rw\n"
    )
    skip, remote = mounts(str(table))
    assert skip == {"/proc", "/home/m/my share"}
    assert remote == ["/home/m/my share"]
    assert mounts(str(tmp_path / "none")) == (frozenset(), [])


def test_skipped_folders_are_not_listed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert DiskTree(frozenset({f"{tmp_path}/a"})).list(str(tmp_path)) == (["b"], [])


@pytest.fixture
def repository(tmp_path):
    def commit(text, at):
        (tmp_path / "r/package-lock.json").write_text(text)
        porcelain.add(str(tmp_path / "r"), [str(tmp_path / "r/package-lock.json")])
        return porcelain.commit(
            str(tmp_path / "r"), message=b"x", author=b"a <a@x.test>", committer=b"a <a@x.test>",
            commit_timestamp=at, author_timestamp=at, commit_timezone=0, author_timezone=0,
        )  # fmt: skip

    porcelain.init(str(tmp_path / "r"))
    commit('{"packages": {}}', 1_790_000_000)
    commit('{"packages": {"node_modules/evil-graph": {"version": "2.0.0"}}}', 1_790_000_100)
    commit('{"packages": {}} ', 1_790_000_200)
    return tmp_path / "r"


def test_all_versions_of_a_file(tree, repository):
    found = list(tree.history(f"{repository}/.git", lambda path: path == "package-lock.json"))
    found.sort(key=lambda version: version[0])
    assert [int(at) for at, _, _ in found] == [1_790_000_000, 1_790_000_100, 1_790_000_200]
    assert b"evil-graph" in found[1][2].data
    assert tree.gaps() == []


def test_a_reset_branch_is_still_in_the_reflog(tree, repository):
    repo = Repo(str(repository))
    (first,) = [entry.commit.id for entry in repo.get_walker() if entry.commit.commit_time == 1_790_000_000]
    gone = repo.head()
    repo.refs[b"refs/heads/master"] = first
    repo.close()
    log = repository / ".git/logs/HEAD"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(first + b" " + gone + b" a <a@x.test> 1790000200 +0000\tcommit\n")
    assert len(list(tree.history(f"{repository}/.git", lambda path: True))) == 3


def test_a_damaged_repository(tree, repository):
    for path in (repository / ".git/objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"damaged")
    assert list(tree.history(f"{repository}/.git", lambda path: True)) == []
    assert [gap.partial for gap in tree.gaps()] == [True]


def test_the_bound_of_a_history_is_told(tree, repository, monkeypatch):
    monkeypatch.setattr("lazaretto.adapters.hunt_git.COMMITS", 1)
    assert len(list(tree.history(f"{repository}/.git", lambda path: True))) == 1
    assert ["only a part" in gap.reason.english() for gap in tree.gaps()] == [True]

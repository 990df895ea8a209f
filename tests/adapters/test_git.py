"""Repositories made with dulwich: ordinary ones, and ones that no git would make."""

import io
import os
import zipfile
import zlib
from dataclasses import replace

import pytest
from dulwich.objects import Blob, Commit, Tag, Tree
from dulwich.repo import Repo

from lazaretto.adapters.git_remote import split_url, without_secrets
from lazaretto.adapters.targets import TargetError, open_target
from lazaretto.model.finding import Signal, Stage
from lazaretto.parse.limits import DEFAULT


def put(repo, files, *, parents=(), message=b"m"):
    """Commit a tree of {name: bytes | (mode, id)} and return the commit's id; nested by dicts."""
    commit = Commit()
    commit.tree = tree(repo, files)
    commit.parents = list(parents)
    commit.author = commit.committer = b"A <a@b.test>"
    commit.author_time = commit.commit_time = 0
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message
    repo.object_store.add_object(commit)
    return commit.id


def tree(repo, files):
    made = Tree()
    for name, value in files.items():
        if isinstance(value, dict):
            made.add(name, 0o040000, tree(repo, value))
        elif isinstance(value, tuple):
            made.add(name, *value)
        else:
            blob = Blob.from_string(value)
            repo.object_store.add_object(blob)
            made.add(name, 0o100644, blob.id)
    repo.object_store.add_object(made)
    return made.id


def link(repo, target):
    blob = Blob.from_string(target)
    repo.object_store.add_object(blob)
    return 0o120000, blob.id


@pytest.fixture
def bare(tmp_path):
    path = tmp_path / "r.git"
    path.mkdir()
    with Repo.init_bare(str(path)) as repo:
        yield path, repo
        repo.object_store.close()


_OPEN = []


@pytest.fixture(autouse=True)
def _closed():
    yield
    while _OPEN:
        _OPEN.pop().close()


def opened(spec, limits=DEFAULT):
    _OPEN.append(open_target(str(spec), limits, online=False))
    return _OPEN[-1]


def contents(target):
    return {entry.path: entry.load() for entry in target.entries() if not entry.path.startswith(".git/")}


def test_the_tree_of_head(bare):
    path, repo = bare
    repo.refs[b"refs/heads/master"] = put(repo, {b"a.js": b"1", b"d": {b"b.js": b"2"}})
    target = opened(path)
    assert target.kind == "git"
    assert contents(target) == {"a.js": b"1", "d/b.js": b"2"}
    assert target.read("d/b.js") == b"2"
    assert target.gaps == []
    target.close()


def test_revisions(bare):
    path, repo = bare
    first = put(repo, {b"v": b"1"})
    second = put(repo, {b"v": b"2"}, parents=[first])
    repo.refs[b"refs/heads/master"] = second
    repo.refs[b"refs/heads/feature/x"] = first
    tag = Tag()
    tag.tagger, tag.message, tag.name = b"A <a@b.test>", b"m", b"v1"
    tag.object = (Commit, first)
    tag.tag_time = tag.tag_timezone = 0
    repo.object_store.add_object(tag)
    repo.refs[b"refs/tags/v1"] = tag.id
    for revision, value in (
        ("#master", b"2"), ("@feature/x", b"1"), ("#v1", b"1"), (f"@{first.decode()}", b"1"), (f"#{first.decode()[:9]}", b"1"),
        ("#refs/heads/master", b"2"), ("#HEAD", b"2"),
    ):  # fmt: skip
        assert contents(opened(f"{path}{revision}")) == {"v": value}
    for revision in ("#none", "#../../HEAD", "#-x", f"#{'0' * 40}", "#config", "#objects"):
        with pytest.raises(TargetError):
            opened(f"{path}{revision}")


def test_packed_repositories(bare):
    path, repo = bare
    base = bytes(range(256)) * 40
    files = {f"{number}.txt".encode(): base + str(number).encode() for number in range(30)}
    repo.refs[b"refs/heads/master"] = put(repo, files)
    repo.object_store.pack_loose_objects()
    repo.refs.pack_refs(all=True)
    assert not any(path.glob("objects/??/*"))
    assert contents(opened(path)) == {name.decode(): data for name, data in files.items()}
    assert contents(opened(f"{path}#master"))


def test_a_working_repository_is_a_folder_and_its_history_is_reachable_by_revision(tmp_path):
    with Repo.init(str(tmp_path)) as repo:
        repo.refs[b"refs/heads/master"] = put(repo, {b"old.js": b"1"})
    (tmp_path / "now.js").write_bytes(b"2")
    (tmp_path / ".git" / "hooks").mkdir(exist_ok=True)
    (tmp_path / ".git" / "hooks" / "post-checkout").write_bytes(b"true\n")
    target = opened(tmp_path)
    assert target.kind == "folder"
    assert contents(target) == {"now.js": b"2"}
    assert target.not_checked
    by_revision = opened(f"{tmp_path}#master")
    assert {".git/hooks/post-checkout", ".git/config", "old.js"} <= {entry.path for entry in by_revision.entries()}


def test_hostile_entries(bare):
    path, repo = bare
    blob = Blob.from_string(b"x")
    repo.object_store.add_object(blob)
    evil = b"".join(
        b"100644 " + name + b"\0" + bytes.fromhex(blob.id.decode())
        for name in (b"..", b".git", b".GIT ", b"a/b", b"c\\d", b"e\x1b", b"f", b"f")
    )
    made = Tree.from_raw_string(Tree.type_num, evil)
    repo.object_store.add_object(made)
    commit = put(repo, {})
    repo.refs[b"refs/heads/master"] = _retree(repo, commit, made.id)
    target = opened(path)
    assert set(contents(target)) == {"..", ".GIT ", ".git", "a/b", "c/d", "e\\x1b", "f"} - {".git"} | {".git"}
    assert {signal.value for signal in target.signals if signal.kind == "archive"} == {
        "git-path\t..", "git-path\t.git", "git-path\t.GIT ", "git-path\ta/b", "git-path\tc\\d", "git-path\te\\x1b", "duplicate-name\tf",
    }  # fmt: skip


def _retree(repo, commit, tree_id):
    new = repo.object_store[commit].copy()
    new.tree = tree_id
    repo.object_store.add_object(new)
    return new.id


def test_links_submodules_and_lfs(bare):
    path, repo = bare
    commit = put(repo, {b"x": b""})
    repo.refs[b"refs/heads/master"] = put(
        repo,
        {
            b"in": link(repo, b"a.js"),
            b"out": link(repo, b"../../etc/passwd"),
            b"sub": (0o160000, commit),
            b"big.bin": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
        },
    )
    target = opened(path)
    assert list(contents(target)) == ["big.bin"]
    assert Signal("link", "inside\ta.js", "in") in target.signals
    assert {gap.subject for gap in target.gaps} == {"big.bin", "out", "sub"}


def test_archives_in_a_tree_are_opened(bare):
    path, repo = bare
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", b"1")
    repo.refs[b"refs/heads/master"] = put(repo, {b"seed.sql": out.getvalue()})
    target = opened(path)
    assert list(contents(target)) == ["seed.sql", "seed.sql!/run.js"]
    assert [signal.value for signal in target.signals] == ["disguised\tzip"]


def test_missing_and_damaged_objects_are_gaps(bare):
    path, repo = bare
    gone, torn = Blob.from_string(b"gone"), Blob.from_string(b"torn")
    for blob in (gone, torn):
        repo.object_store.add_object(blob)
    repo.refs[b"refs/heads/master"] = put(
        repo, {b"gone": (0o100644, gone.id), b"torn": (0o100644, torn.id), b"ok": b"1"}
    )
    for blob, data in ((gone, None), (torn, b"\x78\x9crubbish")):
        name = path / "objects" / blob.id[:2].decode() / blob.id[2:].decode()
        name.chmod(0o600)
        name.unlink() if data is None else name.write_bytes(data)
    target = opened(path)
    assert contents(target) == {"ok": b"1"}
    assert [(gap.stage, gap.subject) for gap in target.gaps] == [(Stage.READ, "gone"), (Stage.READ, "torn")]


def test_a_missing_commit_is_an_error(bare):
    path, repo = bare
    repo.refs[b"refs/heads/master"] = b"1" * 40
    with pytest.raises(TargetError, match="missing or damaged"):
        opened(path)


def test_large_objects_are_gaps_packed_or_not(bare):
    path, repo = bare
    limits = replace(DEFAULT, file_bytes=100_000)
    repo.refs[b"refs/heads/master"] = put(repo, {b"big": bytes(10_000_000), b"ok": b"1"})
    for _ in range(2):
        target = opened(path, limits)
        assert contents(target) == {"ok": b"1"}
        assert [(gap.stage, gap.subject) for gap in target.gaps] == [(Stage.LIMIT, "big")]
        repo.object_store.pack_loose_objects()


def test_a_loose_object_that_lies_about_its_size(bare):
    path, repo = bare
    blob = Blob.from_string(b"bomb")
    repo.object_store.add_object(blob)
    repo.refs[b"refs/heads/master"] = put(repo, {b"b": (0o100644, blob.id)})
    name = path / "objects" / blob.id[:2].decode() / blob.id[2:].decode()
    name.chmod(0o600)
    name.write_bytes(zlib.compress(b"blob 4\0" + bytes(50_000_000)))
    target = opened(path, replace(DEFAULT, file_bytes=1_000_000))
    assert contents(target) == {}
    assert [gap.subject for gap in target.gaps] == ["b"]


def test_a_bomb_of_trees_ends(bare):
    path, repo = bare
    files = {b"f": b"x"}
    here = tree(repo, files)
    for _ in range(12):
        made = Tree()
        for number in range(10):
            made.add(b"d%d" % number, 0o040000, here)
        repo.object_store.add_object(made)
        here = made.id
    repo.refs[b"refs/heads/master"] = _retree(repo, put(repo, files), here)
    target = opened(path, replace(DEFAULT, files=500))
    assert len(contents(target)) <= 500
    assert any(gap.stage is Stage.LIMIT for gap in target.gaps)


def test_nothing_is_borrowed_from_elsewhere(bare, tmp_path):
    path, repo = bare
    other = tmp_path / "other.git"
    other.mkdir()
    with Repo.init_bare(str(other)) as lender:
        secret = Blob.from_string(b"secret")
        lender.object_store.add_object(secret)
    repo.refs[b"refs/heads/master"] = put(repo, {b"s": (0o100644, secret.id), b"ok": b"1"})
    (path / "objects" / "info").mkdir(exist_ok=True)
    (path / "objects" / "info" / "alternates").write_text(f"{other}/objects\n")
    target = opened(path)
    assert contents(target) == {"ok": b"1"}
    assert {gap.subject for gap in target.gaps} == {"s", ".git/objects/info/alternates"}


def test_pipes_in_a_repository_do_not_hang(bare):
    path, repo = bare
    repo.refs[b"refs/heads/master"] = put(repo, {b"ok": b"1"})
    os.mkfifo(path / "objects" / "pack" / "pack-0.pack")
    os.mkfifo(path / "objects" / "pack" / "pack-0.idx")
    os.mkfifo(path / "refs" / "heads" / "pipe")
    assert contents(opened(path)) == {"ok": b"1"}
    with pytest.raises(TargetError):
        opened(f"{path}#pipe")


def test_an_empty_repository_is_an_error(bare):
    with pytest.raises(TargetError, match="no revision HEAD"):
        opened(bare[0])


def test_bundles(bare, tmp_path):
    path, repo = bare
    commit = put(repo, {b"a.js": b"1"})
    repo.refs[b"refs/heads/master"] = commit
    repo.object_store.pack_loose_objects()
    (pack,) = path.glob("objects/pack/*.pack")
    bundle = tmp_path / "r.bundle"
    bundle.write_bytes(b"# v2 git bundle\n" + commit + b" refs/heads/master\n\n" + pack.read_bytes())
    with opened(bundle) as target:
        assert target.kind == "git"
        assert contents(target) == {"a.js": b"1"}
    for data in (
        b"# v2 git bundle\n",
        b"# v2 git bundle\n-" + commit + b"\n\n",
        b"# v2 git bundle\n" + commit + b" HEAD\n\nPACKrubbish" + bytes(40),
    ):
        bundle.write_bytes(data)
        with pytest.raises(TargetError):
            opened(bundle)


@pytest.mark.parametrize(
    ("spec", "url", "revision"),
    [
        ("https://h.test/a/b.git", "https://h.test/a/b.git", ""),
        ("git+https://h.test/a/b.git@v1", "https://h.test/a/b.git", "v1"),
        ("git+https://u:p@h.test/a/b.git@f/x#egg=y", "https://u:p@h.test/a/b.git", "f/x"),
        ("https://u@h.test/a/b#main", "https://u@h.test/a/b", "main"),
        ("git@h.test:a/b.git", "git@h.test:a/b.git", ""),
        ("git@h.test:a/b.git@v2", "git@h.test:a/b.git", "v2"),
        ("ssh://git@h.test/a/b.git", "ssh://git@h.test/a/b.git", ""),
    ],
)
def test_addresses(spec, url, revision):
    assert split_url(spec) == (url, revision)


def test_addresses_are_shown_without_secrets():
    assert without_secrets("https://u:p@h.test/a") == "https://h.test/a"


def test_a_repository_on_a_server(bare):
    import threading

    from dulwich.server import DictBackend, TCPGitServer

    _, repo = bare
    first = put(repo, {b"a.js": b"1"})
    repo.refs[b"refs/heads/master"] = put(repo, {b"a.js": b"2"}, parents=[first])
    repo.refs[b"refs/heads/old"] = first
    server = TCPGitServer(DictBackend({b"/r.git": repo}), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"git://127.0.0.1:{server.server_address[1]}/r.git"
        for revision, value in (("", b"2"), ("#old", b"1")):
            with open_target(address + revision, DEFAULT, online=True) as target:
                assert contents(target) == {"a.js": value}
        with pytest.raises(TargetError, match="no revision none"):
            open_target(f"{address}#none", DEFAULT, online=True)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

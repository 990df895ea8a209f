import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lazaretto.adapters.hunt_journal import Journal
from lazaretto.app import hunt as app
from lazaretto.app.hunt import hunt
from lazaretto.app.hunt_plan import HuntError, Options, Plan, Unit, sought_packs
from lazaretto.model.trace import Rung, Standing

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "root"
    for number in range(30):
        folder = root / f"p{number:02}"
        folder.mkdir(parents=True)
        name = "evil-graph" if number % 10 == 0 else "express"
        (folder / "package.json").write_text(json.dumps({"dependencies": {name: "^1.0.0"}}))
    return root


@pytest.fixture
def ask(tmp_path):
    def run(*paths, **more):
        values = {"indicators": ("npm:evil-graph",), "jobs": 1, "journal": tmp_path / "journal", "now": NOW, **more}
        return hunt(Options(paths=tuple(map(str, paths)), **values))

    return run


def test_a_tree_without_a_trace(tree, ask):
    hunted = ask(tree, indicators=("npm:nothing-of-it",))
    assert hunted.hits == ()
    assert hunted.rung is None
    assert hunted.complete
    assert hunted.projects == 30


def test_what_it_found_and_where(tree, ask):
    hunted = ask(tree)
    assert [hit.trace.path for hit in hunted.hits] == [
        str(tree / f"p{number:02}" / "package.json") for number in (0, 10, 20)
    ]
    assert hunted.rung is Rung.NAMED
    assert hunted.given == ("npm:evil-graph",)


def test_one_worker_and_two_say_the_same(tree, ask):
    assert ask(tree, jobs=2).hits == ask(tree, jobs=1).hits


def test_nothing_leaves_the_machine(tree, ask, monkeypatch):
    def refuse(*_arguments, **_more):
        raise AssertionError("a socket")

    monkeypatch.setattr(socket, "socket", refuse)  # workers are forked, so it holds there as well
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert len(ask(tree).hits) == 3


def test_a_path_that_is_not_there(tmp_path, ask):
    hunted = ask(tmp_path / "nowhere")
    assert not hunted.complete
    assert [gap.subject for gap in hunted.gaps] == [str(tmp_path / "nowhere")]


def test_a_folder_that_may_not_be_read(unprivileged):
    (unprivileged / "a").mkdir()
    (unprivileged / "a/package.json").write_text('{"dependencies": {"evil-graph": "1"}}')
    (unprivileged / "a/.bash_history").write_text("npx evil-graph")
    (unprivileged / "a/.bash_history").chmod(0)
    (unprivileged / "b").mkdir(mode=0)
    hunted = hunt(
        Options(
            paths=(str(unprivileged),),
            indicators=("npm:evil-graph",),
            jobs=1,
            journal=unprivileged / "no/journal",
            now=NOW,
        )
    )
    assert len(hunted.hits) == 1
    assert sorted(Path(gap.subject).name for gap in hunted.gaps) == [".bash_history", "b"]
    assert not hunted.complete
    (unprivileged / "b").chmod(0o700)


def test_more_than_an_answer_holds_is_told(tree, ask, monkeypatch):
    monkeypatch.setattr(app, "HITS", 2)
    hunted = ask(tree)
    assert len(hunted.hits) == 2
    assert [gap.reason.english() for gap in hunted.gaps] == ["1 more traces and gaps than an answer holds"]
    assert not hunted.complete


def test_links_are_not_followed(tree, tmp_path, ask):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/package.json").write_text('{"dependencies": {"evil-graph": "1"}}')
    (tree / "link").symlink_to(tmp_path / "elsewhere")
    (tree / "p01/.bash_history").symlink_to(tmp_path / "elsewhere/package.json")
    (tree / "p02/loop").symlink_to(tree)
    os.mkfifo(tree / "p03/.zsh_history")
    assert len(ask(tree).hits) == 3


def test_names_that_are_no_text(tree, ask):
    folder = os.fsencode(tree) + b"/caf\xe9\x1b[31m"
    os.mkdir(folder)  # noqa: PTH102 - bytes
    with open(folder + b"/package.json", "wb") as out:  # noqa: PTH123
        out.write(b'{"dependencies": {"evil-graph": "1"}}')
    hunted = ask(tree)
    assert len(hunted.hits) == 4
    assert any("caf\\xe9" in hit.trace.path for hit in hunted.hits)


def test_an_unknown_campaign_and_an_unknown_indicator():
    with pytest.raises(HuntError, match="no campaign is called nothing"):
        sought_packs(Options(campaigns=("nothing",)))
    with pytest.raises(HuntError, match="no indicator that is understood"):
        sought_packs(Options(indicators=("what is this",)))


def test_a_pack_file(tmp_path, ask, tree):
    pack = {
        "schema": "lazaretto/intel-pack-1", "generated": "2026-11-01", "licence": "none",
        "campaign": {
            "id": "test-campaign", "name": "Test", "aliases": [], "actor": "unknown", "first_seen": "", "last_seen": "",
            "ecosystems": ["npm"], "techniques": [], "description": "",
        },
        "references": [{"key": "k", "url": "https://x.test", "date": "2026-11-01", "title": "A test", "kind": "primary"}],
        "packages": [{"ecosystem": "npm", "name": "evil-graph", "coverage": "listed", "source": "k", "trust": "high", "versions": ["1.0.1"]}],
        "indicators": [],
    }  # fmt: skip
    (tmp_path / "pack.json").write_bytes(msgspec.json.encode(pack))
    hunted = ask(tree, campaigns=(str(tmp_path / "pack.json"),), indicators=())
    assert {hit.reason.standing for hit in hunted.hits} == {Standing.ADMITTED}
    assert hunted.campaigns == ("test-campaign",)
    (tmp_path / "pack.json").write_text("{}")
    with pytest.raises(HuntError, match="not a campaign pack"):
        ask(tree, campaigns=(str(tmp_path / "pack.json"),), indicators=())


def test_all_embedded_campaigns_are_the_default():
    assert len(sought_packs(Options())) > 10


class Interrupting:
    """A progress that interrupts after so many units."""

    def __init__(self, after):
        self.after = after

    def start(self, target, total):
        pass

    def advance(self, count):
        self.after -= 1
        if self.after < 0:
            raise KeyboardInterrupt

    def done(self):
        pass


def test_interrupted_and_resumed(tree, tmp_path, ask, monkeypatch):
    whole = ask(tree)
    options = Options(paths=(str(tree),), indicators=("npm:evil-graph",), jobs=1, journal=tmp_path / "journal", now=NOW)
    first = Plan((Unit("", [os.fsencode(tree)], 0.0),), (str(tree),), (), {})
    monkeypatch.setattr(app, "plan", lambda _options: first)
    monkeypatch.setattr(app, "_spread", lambda paths, jobs: [Unit("", [path], 0.0) for path in paths])
    broken = hunt(options, Interrupting(12))
    assert broken.interrupted
    assert not broken.complete
    assert 0 < len(broken.hits) < 3
    assert any("interrupted" in gap.reason.english() for gap in broken.gaps)
    assert (tmp_path / "journal").exists()
    again = ask(tree, resume=True)
    assert again.hits == whole.hits
    assert (again.projects, again.folders) == (whole.projects, whole.folders)
    assert again.complete
    assert not (tmp_path / "journal").exists()


def test_nothing_to_resume_is_said(tree, ask):
    hunted = ask(tree, resume=True)
    assert [gap.subject for gap in hunted.gaps] == ["--resume"]
    assert hunted.complete


def test_a_journal_of_another_question_is_not_used(tmp_path):
    first = Journal(tmp_path / "j", b"one", resume=False)
    first.add(b"record")
    first.close(finished=False)
    again = Journal(tmp_path / "j", b"one", resume=True)
    assert again.records() == [b"record"]
    again.close(finished=False)
    other = Journal(tmp_path / "j", b"two", resume=True)
    assert not other.resumed
    assert other.records() == []
    other.close(finished=False)


def test_a_journal_that_was_cut_short(tmp_path):
    first = Journal(tmp_path / "j", b"one", resume=False)
    first.add(b"record")
    first.add(b"second")
    first.close(finished=False)
    (tmp_path / "j").write_bytes((tmp_path / "j").read_bytes()[:-3])
    again = Journal(tmp_path / "j", b"one", resume=True)
    assert again.records() == [b"record"]
    again.close(finished=True)
    assert not (tmp_path / "j").exists()


def test_a_journal_that_cannot_be_written(tmp_path):
    journal = Journal(tmp_path, b"one", resume=False)
    assert journal.trouble
    journal.add(b"x")
    journal.close(finished=True)


def test_a_worker_that_dies_costs_its_folder(tree, ask, monkeypatch):
    from lazaretto.lockfiles import inventory

    real = inventory.read_documents

    def die(blobs, open=None):  # noqa: A002
        blobs = list(blobs)
        if any("/p10/" in blob.path for blob in blobs):
            os._exit(9)
        return real(blobs)

    monkeypatch.setattr("lazaretto.traces.project.read_documents", die)
    hunted = ask(tree)
    assert len(hunted.hits) == 2
    assert [gap.subject for gap in hunted.gaps] == [str(tree / "p10")]
    assert not hunted.complete


def test_what_the_store_records_is_sought_too(tree, tmp_path, ask):
    from lazaretto.adapters.store.place import place
    from lazaretto.adapters.store.writer import writing
    from lazaretto.model.intel import Coverage, Facts, PackageRecord, Span, Trust

    setting = str(tmp_path / "store.sqlite3")
    records = (
        PackageRecord(
            "npm", "evil-graph", Coverage.STATED, "k", Trust.HIGH, advisory="MAL-0000-1", spans=(Span("0", "2.0.0"),)
        ),
        PackageRecord("npm", "express", Coverage.ALL, "k", Trust.HIGH, advisory="MAL-0000-2", withdrawn="2026-01-01"),
    )
    with writing(place(setting), NOW) as writer:
        feed = writer.feed("test", "A test")
        feed.add(Facts(records))
        feed.finish()
        feed.describe("{}")
    (tree / "p01/package-lock.json").write_text('{"packages": {"node_modules/evil-graph": {"version": "1.5.0"}}}')
    (tree / "p02/package-lock.json").write_text('{"packages": {"node_modules/evil-graph": {"version": "2.5.0"}}}')
    hunted = ask(tree, indicators=(), store=setting)
    assert [(hit.trace.path.rpartition("root/")[2], hit.reason.standing) for hit in hunted.hits] == [
        ("p01/package-lock.json", Standing.RECORDED)
    ]
    assert "MAL-0000-1" in hunted.hits[0].reason.source
    assert hunted.sought > 1000
    assert ask(tree, indicators=("npm:nothing",), store=setting).hits == ()


def test_the_store_s_indicators_are_looked_for_unless_something_is_named(tree, tmp_path, ask):
    from lazaretto.adapters.store.place import place
    from lazaretto.adapters.store.writer import writing
    from lazaretto.model.intel import Facts, Indicator, Scope, Trust

    setting = str(tmp_path / "store.sqlite3")
    values = (
        Indicator("domain", "beacon.example.invalid", Scope.HOST, "k", Trust.HIGH),
        Indicator("domain", "old.example.invalid", Scope.HOST, "k", Trust.HIGH, expires="2026-01-01"),
    )
    with writing(place(setting), NOW) as writer:
        feed = writer.feed("test", "A test")
        feed.add(Facts((), values))
        feed.finish()
        feed.describe("{}")
    log = tmp_path / "dnsmasq.log"
    log.write_text(
        "".join(
            f"Nov 20 10:00:02 dnsmasq[1]: query[A] {name} from 10.0.0.1\n"
            for name in ("beacon.example.invalid", "old.example.invalid")
        )
    )
    hunted = ask(log, indicators=(), store=setting)
    assert [(hit.trace.name, hit.trace.rung) for hit in hunted.hits] == [("beacon.example.invalid", Rung.EXECUTED)]
    assert ask(log, indicators=("npm:nothing",), store=setting).hits == ()


def test_a_store_that_is_damaged_is_a_gap(tree, tmp_path, ask):
    (tmp_path / "store.sqlite3").write_bytes(b"no database" * 1000)
    hunted = ask(tree, indicators=(), store=str(tmp_path / "store.sqlite3"))
    assert [gap.subject for gap in hunted.gaps] == ["LAZARETTO_STORE"]
    assert not hunted.complete

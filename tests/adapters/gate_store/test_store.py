"""What the gate's store promises, in SQLite and in PostgreSQL."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lazaretto
from lazaretto.adapters.gate_store import GateStore, GateStoreError, Trouble, codec, gate_place
from lazaretto.adapters.gate_store.decisions import Query, Tally
from lazaretto.adapters.gate_store.place import HEAD
from lazaretto.adapters.gate_store.schema import METADATA
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

from .conftest import NOW, approval, decided, examined, sha256, sha512

SECOND, HOUR, DAY = (timedelta(seconds=n) for n in (1, 3600, 86400))


class TestEpoch:
    def test_a_change_of_one_project_leaves_the_others_fresh(self, store):
        first = store.epoch()
        store.put_examination(sha512(1), examined(1, Grade.SUSPICIOUS), project=("npm", "left"))
        assert store.epoch() == first + 1
        assert store.project_epoch("npm", "left") == first + 1
        assert store.project_epoch("npm", "right") == first
        changes = store.changes(first)
        assert (changes.epoch, changes.general, changes.projects) == (first + 1, first, {("npm", "left"): first + 1})
        assert store.changes(first + 1).projects == {}

    def test_a_general_change_concerns_all(self, store):
        store.put_examination(sha512(1), examined(1, Grade.SUSPICIOUS), project=("npm", "left"))
        before = store.epoch()
        store.add_approval(approval(), "admin", NOW)
        assert store.project_epoch("npm", "left") == store.project_epoch("npm", "right") == store.epoch() == before + 1
        assert store.changes(1).projects == {}
        assert store.changes(1).general == before + 1

    @pytest.mark.parametrize(
        ("answer", "raises"),
        [
            (examined(1), False),
            (examined(1, Grade.SUSPICIOUS), True),
            (examined(1, failed=True), True),
            (examined(1, complete=False), True),
        ],
    )
    def test_what_alters_no_verdict_raises_nothing(self, store, answer, raises):
        before = store.epoch()
        store.put_examination(sha512(1), answer)
        assert (store.epoch() > before) is raises
        before = store.epoch()
        store.put_examination(sha512(1), replace(answer, engine="another", at=NOW + DAY))  # the same answer again
        assert store.epoch() == before
        store.put_examination(sha512(1), replace(answer, grade=Grade.MALICIOUS))
        assert store.epoch() == before + 1
        store.put_examination(sha512(1), answer)  # taken back
        assert store.epoch() == before + 2

    def test_inputs(self, store):
        first = store.note_inputs("policy", "2099-01-01", NOW)
        assert store.note_inputs("policy", "2099-01-01", NOW) == first
        assert store.note_inputs("policy", "2099-01-02", NOW) == first + 1
        assert store.note_inputs("other", "2099-01-02", NOW) == first + 2
        assert store.bump("admin", "because", NOW) == first + 3
        assert store.bump("admin", "because", NOW, ("npm", "left")) == store.project_epoch("npm", "left") == first + 4
        assert [line.action for line in store.audit()] == ["bump", "bump", "inputs", "inputs", "inputs"]

    def test_who_polls_misses_nothing(self, store):
        """A replica that only asks what changed since ends with every project's epoch."""
        done = threading.Event()
        view, since = {}, [store.epoch()]

        def poll():
            while True:
                last = done.is_set()
                changes = store.changes(since[0])
                since[0] = changes.epoch
                view.update(changes.projects)
                if last:
                    return

        def work(number):
            for turn in range(40):
                store.bump("test", "", NOW, ("npm", f"p{(number + turn) % 5}"))

        poller = threading.Thread(target=poll)
        writers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in [poller, *writers]:
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        poller.join()
        assert view == {("npm", f"p{n}"): store.project_epoch("npm", f"p{n}") for n in range(5)}
        assert since[0] == store.epoch() == max(view.values())


class TestExaminations:
    def test_by_any_digest(self, store):
        one, two = examined(1), examined(2, Grade.MALICIOUS, failed=True, complete=False, name="@s/x", version="1")
        sha1 = "sha1:" + "a" * 40
        store.put_examination(sha512(1), one)
        store.put_examination(f"sha256:{sha256(2)}", two, also=[sha512(2), sha1])
        found = store.examinations(
            [sha512(1), sha512(2), sha1, f"sha256:{sha256(1)}", sha512(3), "", "junk", "sha256:\0"]
        )
        assert found == {sha512(1): one, sha512(2): two, sha1: two, f"sha256:{sha256(1)}": one}
        assert store.examinations([]) == {}

    def test_two_files_with_one_sha1_give_the_worse_answer(self, store):
        sha1 = "sha1:" + "b" * 40
        store.put_examination(sha1, examined(1))
        store.put_examination(sha1, examined(2, Grade.MALICIOUS))
        store.put_examination(sha1, examined(3, failed=True))
        assert store.examinations([sha1])[sha1].sha256 == sha256(2)

    def test_very_many(self, store):
        for number in range(20):
            store.put_examination(sha512(number), examined(number))
        assert len(store.examinations([sha512(number) for number in range(10_000)])) == 20


class TestLeases:
    def test_one_owner_at_a_time(self, store):
        assert store.lease("k", "me", 60)
        assert not store.lease("k", "you", 60)
        assert store.lease("k", "me", 60)
        store.release("k", "you")
        assert not store.lease("k", "you", 60)
        store.release("k", "me")
        assert store.lease("k", "you", 60)

    def test_that_of_a_dead_holder_is_taken_over(self, store):
        assert store.lease("k", "dead", 0)
        assert store.lease("k", "heir", 60)
        store.release("k", "dead")
        assert not store.lease("k", "third", 60)

    def test_waiting(self, store):
        assert store.examined_or_lease(sha512(1), "me", 60, 5) is None
        with pytest.raises(TimeoutError):
            store.examined_or_lease(sha512(1), "you", 60, 0.05)

        def finish():
            store.put_examination(sha512(1), examined(1))
            store.release(sha512(1), "me")

        timer = threading.Timer(0.2, finish)
        timer.start()
        assert store.examined_or_lease(sha512(1), "you", 60, 10) == examined(1)
        timer.join()
        assert store.examined_or_lease(sha512(1), "third", 60, 0) == examined(1)


class TestApprovals:
    def test_life_of_an_approval(self, store):
        one, late = approval(), approval("A2", expires=NOW - SECOND, clauses=(), team="t", approved_by="b")
        store.add_approval(one, "admin", NOW)
        store.add_approval(late, "admin", NOW)
        assert store.approvals(NOW) == (one,)
        assert store.approvals(NOW - DAY) == (one, late)
        store.revoke("A1", "admin", "no longer", NOW + SECOND)
        store.revoke("A1", "somebody", "again", NOW + DAY)
        assert store.approvals(NOW) == ()
        assert store.all_approvals() == (replace(one, revoked=NOW + SECOND), late)
        lines = store.audit()
        assert [(line.actor, line.action, line.detail["id"], line.at) for line in lines] == [
            ("admin", "revoke", "A1", NOW + SECOND), ("admin", "approve", "A2", NOW), ("admin", "approve", "A1", NOW),
        ]  # fmt: skip
        assert store.audit(limit=1, after=lines[0].number) == lines[1:2]

    def test_mistakes_are_told(self, store):
        store.add_approval(approval(), "admin", NOW)
        for use in (lambda: store.add_approval(approval(), "x", NOW), lambda: store.revoke("A9", "x", "y", NOW)):
            with pytest.raises(GateStoreError) as raised:
                use()
            assert raised.value.trouble is Trouble.WRONG
            assert not raised.value.retry
        assert len(store.audit()) == 1


class TestFirstSeen:
    def test_the_first_time_stays(self, store):
        names = ["a.tgz", "b\0.tgz", "c\ud800.tgz", "d" * 5000, "한.whl"]
        assert store.first_seen("npm", "left", names, NOW) == dict.fromkeys(names, NOW)
        later = store.first_seen("npm", "left", [*names, "new"], NOW + DAY)
        assert later == {**dict.fromkeys(names, NOW), "new": NOW + DAY}
        assert store.first_seen("npm", "right", ["a.tgz"], NOW + DAY) == {"a.tgz": NOW + DAY}
        assert store.first_seen("npm", "left", [], NOW) == {}

    def test_ten_thousand(self, store):
        names = [f"{number}.tgz" for number in range(10_000)]
        store.first_seen("npm", "left", names[::2], NOW)
        found = store.first_seen("npm", "left", names, NOW + DAY)
        assert [found[name] for name in names[:2]] == [NOW, NOW + DAY]
        assert len(found) == 10_000


class TestDecisions:
    def test_what_goes_in_comes_out(self, store):
        batch = [
            decided(1),
            decided(2, Outcome.BLOCK, warnings=(Message("w"), Message.of("{x}", {"x": "y"}))),
            decided(3, Outcome.ALLOW, would=Outcome.BLOCK, case="C", clause="malware", digest="", epoch=1 << 40),
            decided(4, Outcome.QUARANTINE, digest="md5:x", team="red", kind="exec"),
        ]
        assert store.log(batch, NOW) == 4
        assert store.log(batch, NOW + DAY) == 0, "the same batch again"
        page = store.decisions()
        assert list(page.decisions) == batch[::-1]
        assert page.after == ""
        assert store.log([], NOW) == 0

    def test_questions(self, store):
        batch = [
            decided(
                n,
                Outcome(n % 3),
                purl=f"pkg:npm/p{n % 7}@1.{n}",
                team="red" if n % 2 else "",
                clause="age" if n % 3 else "",
            )
            for n in range(100)
        ]
        store.log(batch, NOW)

        def numbers(limit=3, **query):
            return [int(one.request[1:]) for one in store.decisions(Query(**query), limit=limit).decisions]

        assert numbers() == [99, 98, 97]
        assert numbers(outcome=Outcome.ALLOW) == [99, 96, 93]
        assert numbers(outcome=Outcome.BLOCK) == [98, 95, 92]
        assert numbers(outcome=Outcome.BLOCK, team="red", clause="age") == [95, 89, 83]
        assert numbers(purl="pkg:npm/p1@") == [99, 92, 85]
        assert numbers(purl="pkg:npm/") == [99, 98, 97]
        assert numbers(purl="pkg:npm/p1@1.85") == [85]
        assert numbers(case="C98") == [98]
        assert numbers(since=NOW + 10 * SECOND, until=NOW + 12 * SECOND) == [11, 10]
        assert numbers(clause="other") == numbers(purl="pkg:pypi/") == numbers(case="\ud800") == []
        assert [one.case for one in store.find_case("C4")] == ["C4"]
        assert store.find_case("") == ()
        assert [one.request for one in store.last_decisions("pkg:npm/p1@1.99")] == ["r99"]

    def test_pages_join(self, store):
        store.log([decided(n // 4, request=f"q{n}") for n in range(50)], NOW)  # many at the same moment
        found, after = [], ""
        while True:
            page = store.decisions(limit=7, after=after)
            found += [one.request for one in page.decisions]
            if not page.after:
                break
            after = page.after
        assert found == [f"q{n}" for n in reversed(range(50))]
        assert store.decisions(after="nonsense").decisions == ()
        lines = []
        assert store.export(lines.append, lambda one: json.dumps(one.request)) == 50
        assert lines[0] == '"q49"\n'

    def test_counts(self, store):
        store.log([decided(n, Outcome.BLOCK if n % 4 == 0 else Outcome.ALLOW) for n in range(400)], NOW)
        store.log([decided(n + 7200) for n in range(10)], NOW)
        later = NOW + 2 * HOUR + DAY
        block, allow = (
            Tally(outcome, outcome, clause, number)
            for outcome, clause, number in ((Outcome.BLOCK, "age", 100), (Outcome.ALLOW, "", 310))
        )
        for since in (None, NOW, NOW.replace(minute=0), NOW - 400 * DAY):
            assert store.counts(since, later) == (block, allow)
        assert sum(one.number for one in store.counts(NOW + 2 * HOUR, later)) == 10
        # 12:30:30 and 330 s: 12:36:00
        assert sum(one.number for one in store.counts(NOW + 330 * SECOND, later)) == 70 + 10
        assert sum(one.number for one in store.counts(NOW + HOUR, later + 30 * DAY)) == 10

    def test_retention(self, store):
        store.log([decided(n) for n in range(12_000)], NOW)
        assert store.prune(NOW + 11_000 * SECOND, "admin", NOW) == 11_000
        assert [one.request for one in store.decisions(limit=20_000).decisions][-1] == "r11000"
        assert store.audit()[0].action == "prune"
        assert store.prune(NOW, "admin", NOW) == 0

    def test_hostile_texts(self, store):
        hostile = "\0\ud800\u202e" + "x" * 10_000
        given = dict.fromkeys(
            ("request", "case", "client", "team", "kind", "purl", "filename", "digest", "clause"), hostile
        )
        store.log([decided(1, Outcome.BLOCK, message=Message.of(hostile, {"a": hostile}), **given)], NOW)
        (found,) = store.decisions().decisions
        assert found.client.startswith("\ufffd\\ud800")
        assert len(found.purl) == 800


def test_append_only(store, where):
    store.log([decided(1)], NOW)
    store.add_approval(approval(), "admin", NOW)
    store.revoke("A1", "admin", "r", NOW)
    statements = [
        f"{verb} gate_{table} {rest}"
        for table, column in (("decision", "at"), ("approval", "created"), ("revocation", "at"), ("audit", "at"))
        for verb, rest in (("UPDATE", f"SET {column} = 5"), ("DELETE FROM", ""))
    ]
    for statement in statements + (["TRUNCATE gate_decision"] if store._db.server else []):
        with pytest.raises(GateStoreError):
            store._db.write(lambda run, statement=statement: run.one(statement))
    assert len(store.decisions().decisions) == 1


def test_two_gates_on_one_store(store, where):
    other = GateStore(where)
    store.add_approval(approval(), "admin", NOW)
    assert other.approvals(NOW) == store.approvals(NOW) != ()
    assert other.epoch() == store.epoch()
    assert store.lease("k", "me", 60)
    assert not other.lease("k", "you", 60)
    other.close()


def test_many_threads(store):
    def work(number):
        for turn in range(10):
            store.log([decided(number * 100 + turn)], NOW)
            store.put_examination(sha512(turn), examined(turn, Grade.SUSPICIOUS), project=("npm", f"p{number}"))
            store.changes(0)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.decisions(limit=1000).decisions) == 120
    assert sum(one.number for one in store.counts(None, NOW)) == 120


def test_health(store):
    store.log([decided(1)], NOW)
    store.put_examination(sha512(1), examined(1))
    health = store.health(NOW)
    assert (health.reachable, health.schema, health.decisions, health.examinations) == (True, HEAD, 1, 1)
    assert health.size > 10_000
    assert health.trouble is None


def test_migrations_make_the_schema_that_the_code_uses(store, where):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    url = where.replace("postgresql:", "postgresql+psycopg:") if "://" in where else f"sqlite:///{where}"
    engine = create_engine(url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "gate_version"})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


class TestPlace:
    def test_where_it_lies(self, tmp_path):
        home = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
        assert gate_place("", home).file.name == "gate.sqlite3"
        assert gate_place("", {**home, "LAZARETTO_GATE_STORE": "/x/y"}).file == Path("/x/y")
        assert gate_place("", {**home, "LAZARETTO_STORE": "/x/y"}).file != Path("/x/y")
        assert gate_place("postgresql://u:secret@h/d").shown == "postgresql+psycopg://u:***@h/d"
        assert (
            gate_place("postgresql://h/d?password=secret&user=u").shown
            == "postgresql+psycopg://h/d?password=***&user=u"
        )

    @pytest.mark.parametrize("setting", ["mysql://h/d", "off"])
    def test_what_is_no_place(self, setting):
        with pytest.raises(GateStoreError) as raised:
            gate_place(setting)
        assert raised.value.exit_kind == "usage"
        assert not raised.value.retry


class TestSqliteTrouble:
    def expect(self, trouble, use):
        with pytest.raises(GateStoreError) as raised:
            use()
        assert raised.value.trouble is trouble, raised.value
        assert raised.value.hint

    def test_newer_schema(self, tmp_path):
        GateStore(tmp_path / "g").close()
        with sqlite3.connect(tmp_path / "g") as db:
            db.execute("UPDATE gate_version SET version_num = '9999'")
        db.close()
        self.expect(Trouble.NEWER, lambda: GateStore(tmp_path / "g"))

    def test_not_a_store(self, tmp_path):
        (tmp_path / "g").write_bytes(b"not a database at all" * 1000)
        self.expect(Trouble.DAMAGED, lambda: GateStore(tmp_path / "g"))

    def test_read_only(self, unprivileged):
        GateStore(unprivileged / "g").close()
        (unprivileged / "g").chmod(0o400)
        self.expect(Trouble.READ_ONLY, lambda: GateStore(unprivileged / "g"))
        unprivileged.chmod(0o500)
        self.expect(Trouble.READ_ONLY, lambda: GateStore(unprivileged / "other"))

    def test_no_folder(self, tmp_path):
        (tmp_path / "file").touch()
        self.expect(Trouble.GONE, lambda: GateStore(tmp_path / "file" / "g"))

    def test_locked_and_then_not(self, tmp_path, monkeypatch):
        monkeypatch.setattr("lazaretto.adapters.gate_store.on_sqlite.BUSY_SECONDS", 0.1)
        store = GateStore(tmp_path / "g")
        other = sqlite3.connect(tmp_path / "g", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GateStoreError) as raised:
            store.log([decided(1)], NOW)
        assert (raised.value.trouble, raised.value.retry) == (Trouble.LOCKED, True)
        assert store.decisions().decisions == (), "reading goes on"
        other.close()
        assert store.log([decided(1)], NOW) == 1
        store.close()

    @pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
    def test_full_by_a_size_limit(self, tmp_path):
        paths = str(Path(lazaretto.__file__).parent.parent)
        command = [sys.executable, Path(__file__).with_name("worker.py"), "fill", tmp_path / "g", "400000"]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths})
        assert done.stdout == "done\n", done.stderr

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux", reason="mounts a file system"
    )
    def test_a_disk_that_is_really_full(self, tmp_path):
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path], capture_output=True).returncode:
            pytest.skip("may not mount")
        try:
            store = GateStore(tmp_path / "g")
            number = 0

            def fill():
                nonlocal number
                while True:
                    store.log([decided(number * 100 + n, filename="x" * 300) for n in range(100)], NOW)
                    number += 1

            with pytest.raises(GateStoreError) as raised:
                fill()
            assert raised.value.trouble is Trouble.FULL
            assert store.health(NOW).reachable
            assert store.counts(None, NOW)[0].number == number * 100
            store.close()
        finally:
            subprocess.run(["umount", tmp_path], check=True)

    def test_deleted_while_open(self, tmp_path):
        store = GateStore(tmp_path / "g")
        store.log([decided(1)], NOW)
        for file in tmp_path.glob("g*"):
            file.unlink()
        assert store.log([decided(2)], NOW) == 1
        assert [one.request for one in store.decisions().decisions] == ["r2"]
        store.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec=None), max_size=30), st.binary(max_size=20))
def test_any_text_is_storable(text, data):
    for found in (codec.storable(text, 20), codec.file_key(text)):
        found.encode()
        assert "\0" not in found
    digest = "sha256:" + data.hex().ljust(64, "0")
    assert codec.digest_of(codec.pack_digest(digest)) == digest
    assert codec.digest_of(codec.pack_digest(text)) == codec.storable(text, 200)
    assert codec.digest_of(b"") == ""

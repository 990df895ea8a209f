"""The store as a whole: what goes in comes out, everything or nothing, the same twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

import lazaretto
from lazaretto.adapters.store import rows
from lazaretto.adapters.store.lock import only_writer
from lazaretto.adapters.store.place import HEAD, Place, StoreError, place
from lazaretto.adapters.store.reader import reading
from lazaretto.adapters.store.schema import METADATA
from lazaretto.adapters.store.writer import forget, migrate, writing
from lazaretto.intel.seed import seeds
from lazaretto.model.intel import (
    Coverage,
    Entity,
    Facts,
    Front,
    Indicator,
    PackageRecord,
    Reference,
    Relation,
    Scope,
    Sighting,
    Span,
    Tlp,
    Trust,
)

from .conftest import EVERYTHING, NOW, package

FULL = {
    "first_seen": "2099-01-01T00:00:00Z", "last_seen": "2099-02", "expires": "2100", "withdrawn": "unknown",
    "tlp": Tlp.AMBER_STRICT,
}  # fmt: skip
RECORD = PackageRecord(
    "npm", "@s/evil", Coverage.LISTED, "a source", Trust.LOW, ("1.0.0", "2.0.0"), "MAL-2099-1", "2099-01-01", "lure",
    (Span("1", "2"), Span("3", last="4"), EVERYTHING), **FULL,
)  # fmt: skip
INDICATOR = Indicator("domain", "c2.example.test", Scope.HOST, "a source", Trust.HIGH, "c2", "via", "lure", **FULL)
ENTITY = Entity(
    "campaign", "lure", "Lure \u2066x", ("a", "b"), "text", "actor", ("T1",), ("npm",), (Front("F", ("d.test",), "s"),), ("r",),
    "a source", Trust.MEDIUM, **FULL,
)  # fmt: skip


def test_what_goes_in_comes_out(ingest, place):
    facts = Facts(
        (RECORD,), (INDICATOR,), (ENTITY,), (Relation("a", "uses", "b"),),
        (Sighting("s1", "c2.example.test", "2099-01-01", "", 7, "here"),), (Reference("r", "https://r.test", "2099", "t", "feed"),),
    )  # fmt: skip
    counts = ingest(facts)
    assert (counts.facts, counts.new, counts.withdrawn) == (3, 3, 3)
    with reading(place) as reader:
        kept = {"feed": "osv", "read": "2099-06-15T12:00:00Z"}
        assert reader.packages([("npm", "@s/evil"), ("npm", "other")]) == {
            ("npm", "@s/evil"): [replace(RECORD, **kept)]
        }
        assert reader.advisory("MAL-2099-1") == [replace(RECORD, **kept)]
        assert reader.indicators("C2.example.test") == [replace(INDICATOR, **kept)]
        assert reader.indicators_of("lure") == [replace(INDICATOR, **kept)]
        assert reader.packages_of("lure") == [replace(RECORD, **kept)]
        assert reader.entity("A") == [replace(ENTITY, **kept)]
        assert reader.entities(["malware"]) == []
        assert reader.relations("b") == [Relation("a", "uses", "b")]
        assert reader.sightings("c2.example.test") == list(facts.sightings)
        assert reader.references(["r", "none"]) == {"r": facts.references[0]}
        assert reader.campaign_counts() == {"lure": (1, 1)}
        (feed,) = reader.feeds()
        assert (feed.name, feed.packages, feed.withdrawn, feed.indicators, feed.entities) == ("osv", 1, 1, 1, 1)
        assert reader.newest() == "2099-06-15"


def test_twice_changes_nothing_not_even_the_date_of_reading(ingest, place):
    many = [package(f"evil-{n}", "1.0.0", number=n) for n in range(50)]
    assert ingest(*many, *many).new == 50
    before = sqlite3.connect(place.file).execute("SELECT * FROM package ORDER BY name").fetchall()
    counts = ingest(*many, now=NOW + timedelta(days=9))
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 50)
    assert sqlite3.connect(place.file).execute("SELECT * FROM package ORDER BY name").fetchall() == before


def test_a_changed_record_takes_the_place_of_the_old_one(ingest, place):
    ingest(package("evil", "1.0.0"), package("other", "1.0.0", number=2))
    counts = ingest(package("evil", "1.0.0", "1.0.1"))
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1, 0)
    moved = ingest(package("evil-renamed", "1.0.0"))  # the same advisory now names another package
    assert (moved.changed, moved.new) == (1, 0)
    with reading(place) as reader:
        found = reader.packages([("npm", "evil"), ("npm", "evil-renamed"), ("npm", "other")])
    assert {key[1] for key in found} == {"evil-renamed", "other"}


def test_several_records_and_several_feeds_for_one_name(ingest, place):
    ingest(package("evil", "1.0.0"), package("evil", "2.0.0", number=2))
    ingest(package("evil", "3.0.0"), feed="leitwacht")
    ingest(
        package("evil", "4.0.0", advisory="", campaign="a"),
        package("evil", "5.0.0", advisory="", campaign="a"),
        feed="csv",
    )
    with reading(place) as reader:
        found = reader.packages([("npm", "evil")])["npm", "evil"]
    assert sorted((one.feed, one.versions[0]) for one in found) == [
        ("csv", "4.0.0"), ("csv", "5.0.0"), ("leitwacht", "3.0.0"), ("osv", "1.0.0"), ("osv", "2.0.0"),
    ]  # fmt: skip


def test_the_same_key_twice_in_one_run(ingest, place):
    """Two documents observed one address; a withdrawn copy of a record lies in another folder."""
    seen = [Facts(indicators=(replace(INDICATOR, via=via, withdrawn=""),)) for via in ("first", "second")]
    old, new = package("evil", "1.0.0", last_seen="2099-01-01"), package("evil", "2.0.0", last_seen="2099-01-02")
    gone = package("evil", "2.0.0", last_seen="2099-01-02", withdrawn="2099-01-02")
    assert ingest(*seen, old, gone, new).changed == 0
    rows_before = sqlite3.connect(place.file).execute("SELECT * FROM package").fetchall()
    again = ingest(*seen, old, gone, new, now=NOW + timedelta(days=1))
    assert again.new == again.changed == 0
    assert sqlite3.connect(place.file).execute("SELECT * FROM package").fetchall() == rows_before
    with reading(place) as reader:
        assert [one.via for one in reader.indicators("c2.example.test")] == ["first"]
        ((found,),) = reader.packages([("npm", "evil")]).values()
    assert (found.versions, found.withdrawn) == (("2.0.0",), "2099-01-02")


def test_an_older_wording_never_replaces_a_newer_one(ingest, place):
    old, new = package("evil", "1.0.0", last_seen="2099-01-01"), package("evil", "2.0.0", last_seen="2099-01-02")
    ingest(new)
    assert (ingest(old).unchanged, ingest(old, replace=True).removed) == (1, 0)
    with reading(place) as reader:
        assert reader.packages([("npm", "evil")])["npm", "evil"][0].versions == ("2.0.0",)


def test_one_advisory_about_two_packages(ingest, place):
    both = Facts(packages=(package("a", "1.0.0"), package("b", "1.0.0")))
    ingest(both)
    ingest(Facts(packages=(package("a", "1.0.0"), package("b", "1.0.1"))))
    with reading(place) as reader:
        assert {one.name: one.versions for one in reader.advisory("MAL-2099-1")} == {"a": ("1.0.0",), "b": ("1.0.1",)}


def test_a_snapshot_forgets_what_is_gone_but_never_most_of_it(ingest, place):
    many = [package(f"evil-{n}", "1.0.0", number=n) for n in range(300)]
    ingest(*many, package("py", "1", number=999, ecosystem="pypi"))
    assert ingest(*many[:200], replace=True, worlds=frozenset({"npm"})).removed == 100
    with pytest.raises(StoreError, match="refused"):
        ingest(*many[:10], replace=True)
    with reading(place) as reader:
        assert reader.feeds()[0].packages == 201  # nothing was changed
    assert ingest(*many[:10], replace=True, insist=True).removed == 191
    again = ingest(*many)  # deleted, and back again
    assert (again.new, again.unchanged) == (290, 10)


def test_an_exception_leaves_yesterdays_store(ingest, place):
    ingest(package("evil", "1.0.0"))
    before = place.file.read_bytes()

    def interrupted():
        with writing(place, NOW) as writer:
            writer.feed("osv").add(Facts(packages=(package("other", "1.0.0"),)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert place.file.read_bytes() == before
    assert sorted(path.name for path in place.file.parent.iterdir()) == ["intel.sqlite3", "intel.sqlite3.lock"]


def test_kill_9_in_the_middle_leaves_yesterdays_store(ingest, place, tmp_path):
    ingest(package("evil", "1.0.0"))
    before = place.file.read_bytes()
    script = tmp_path / "writer.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys, time
        from datetime import UTC, datetime
        from pathlib import Path
        from lazaretto.adapters.store.place import Place
        from lazaretto.adapters.store.writer import writing
        from lazaretto.model.intel import *
        with writing(Place(Path({str(place.file)!r})), datetime.now(UTC)) as writer:
            feed = writer.feed("osv")
            for n in range(5000):
                record = PackageRecord("npm", f"n{{n}}", Coverage.ALL, "", Trust.HIGH, advisory=f"MAL-1-{{n}}")
                feed.add(Facts(packages=(record,)))
            print("written", flush=True)
            time.sleep(60)
    """)
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(lazaretto.__file__).parent.parent)}
    child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment)
    try:
        assert child.stdout.readline() == b"written\n"
        with pytest.raises(StoreError, match="another update"):  # two at once
            ingest(package("late", "1.0.0", number=2))
        with reading(place) as reader:  # readers are not disturbed
            assert len(reader.packages([("npm", "evil")])) == 1
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    assert place.file.read_bytes() == before
    assert (
        ingest(package("late", "1.0.0", number=2)).new == 1
    )  # the lock went with its holder, and so does what it left


def test_hostile_text_survives_or_is_refused_but_never_breaks(ingest, place):
    name = "x' OR 1=1; DROP TABLE package; -- \u202e\u0430"
    ingest(package(name, "1'\"", spans=(EVERYTHING,)))
    with reading(place) as reader:
        assert reader.packages([("npm", name)])["npm", name][0].versions == ("1'\"",)
        assert reader.packages([("npm", "%"), ("npm", "x" * 10_000)]) == {}


def test_a_folder_that_cannot_be_written(unprivileged):
    locked = unprivileged / "home"
    locked.mkdir()
    locked.chmod(0o500)
    with pytest.raises(StoreError) as raised, writing(Place(locked / "data" / "intel.sqlite3"), NOW):
        pass
    assert raised.value.exit_kind == "usage"
    assert raised.value.hint is not None


def test_a_store_is_read_from_a_folder_that_cannot_be_written(ingest, unprivileged):
    home = unprivileged / "home"
    home.mkdir()
    where = Place(home / "intel.sqlite3")
    ingest(package("evil", "1.0.0"), where=where)
    home.chmod(0o500)
    with reading(where) as reader:
        assert len(reader.packages([("npm", "evil")])) == 1
    home.chmod(0o700)


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\x00" + b"\x00" * 500])
def test_a_broken_store_is_an_error_not_silence(place, content):
    place.file.parent.mkdir(parents=True)
    place.file.write_bytes(content)
    with pytest.raises(StoreError) as raised:
        reading(place)
    assert raised.value.exit_kind == "incomplete"


def test_a_newer_store_is_left_alone(ingest, place):
    ingest(package("evil", "1.0.0"))
    with sqlite3.connect(place.file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = place.file.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        ingest(package("evil", "1.0.0"))
    with pytest.raises(StoreError, match="another schema"):
        reading(place)
    assert place.file.read_bytes() == before


def test_migrations_make_the_schema_that_the_code_uses():
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'package'").scalar()
        assert "WITHOUT ROWID" in made
    config = Config()
    config.set_main_option("script_location", str(Path(rows.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_forgetting_a_feed(ingest, place):
    ingest(package("evil", "1.0.0"))
    with writing(place, NOW) as writer:
        assert forget(writer, "osv") == 1
        assert forget(writer, "none") == 0
    with reading(place) as reader:
        assert reader.feeds() == []


def test_the_packs_fit(ingest, place):
    facts = list(seeds())
    counts = ingest(*facts, feed="lazaretto")
    assert counts.new == counts.facts == sum(len(one.packages) + len(one.indicators) + 1 for one in facts)


@pytest.mark.parametrize(
    ("setting", "file", "url"),
    [
        ("/srv/x.sqlite3", "/srv/x.sqlite3", ""),
        ("sqlite:////srv/a%20b.sqlite3", "/srv/a b.sqlite3", ""),
        ("sqlite:///x.sqlite3", "x.sqlite3", ""),
        ("postgresql://u:secret@db.example.test/intel", None, "postgresql+psycopg://u:secret@db.example.test/intel"),
    ],
)
def test_places(setting, file, url):
    found = place(setting, {})
    assert (str(found.file) if found.file else None, found.url, found.chosen) == (file, url, True)
    assert "secret" not in found.shown


def test_the_default_place_and_none():
    assert place("", {"XDG_DATA_HOME": "/d", "LOCALAPPDATA": "/d"}).file.name == "intel.sqlite3"
    assert place("", {"LAZARETTO_STORE": "off"}) is None
    assert place("/x", {"LAZARETTO_STORE": "off"}).file == Path("/x")
    with pytest.raises(StoreError, match="mysql"):
        place("mysql://x", {})


def test_dates_keep_how_exact_they_are():
    for date in ("", "unknown", "2099", "2099-05", "2099-05-07", "2099-05-07T04:00:30Z"):
        assert rows.date_of(rows.number_of(date)) == date
    assert rows.number_of("2099-99-99T00:00:00Z") == rows.number_of("soon") == 1


def test_every_word_of_a_closed_set_has_its_number():
    assert set(rows.COVERAGES) == set(Coverage)
    assert set(rows.TRUSTS) == set(Trust)
    assert set(rows.SCOPES) == set(Scope)
    assert set(rows.TLPS) == set(Tlp)
    assert rows.COVERAGES[:5] == (Coverage.ALL, Coverage.LISTED, Coverage.HIJACKED, Coverage.STATED, Coverage.WATCH)


def test_every_fact_says_where_and_when_from():
    wanted = {"source", "trust", "feed", "first_seen", "last_seen", "read", "expires", "withdrawn", "tlp"}
    for kind in (PackageRecord, Indicator, Entity):
        assert wanted <= {one.name for one in fields(kind)}


def test_a_look_up_is_fast(ingest, place):
    ingest(*[package(f"evil-{n}", "1.0.0", number=n) for n in range(3000)])
    with reading(place) as reader:
        keys = [("npm", f"evil-{n}") for n in range(0, 2000, 2)]
        reader.packages(keys)
        started = time.perf_counter()
        assert len(reader.packages(keys)) == 1000
        assert time.perf_counter() - started < 0.5  # bench/intel.py measures; this only sees a lost index


def test_the_lock_is_let_go(tmp_path):
    with only_writer(tmp_path / "a" / "lock"):
        pass
    with only_writer(tmp_path / "a" / "lock"), pytest.raises(StoreError), only_writer(tmp_path / "a" / "lock"):
        pass

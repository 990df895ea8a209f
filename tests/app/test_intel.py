"""The traps that real feeds hold, from documents on disk to answers."""

import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.adapters.feed_documents import FeedError
from lazaretto.adapters.http_client import ClientConfig, Fetcher
from lazaretto.adapters.store.place import StoreError
from lazaretto.app.check import Options, check
from lazaretto.app.intel import Update, match, status, update_from, update_online
from lazaretto.app.library import Library
from lazaretto.model.intel_answer import Word

NOW = datetime(2099, 6, 15, 12, tzinfo=UTC)


def record(ident, name, ecosystem="npm", spans=None, versions=None, **more):
    entry = {"package": {"ecosystem": ecosystem, "name": name}}
    if spans:
        entry["ranges"] = [{"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": spans}]
    if versions:
        entry["versions"] = versions
    return {
        "id": ident,
        "published": "2098-01-01T00:00:00Z",
        "modified": "2098-02-01T00:00:00Z",
        "affected": [entry],
        **more,
    }


EVERY = [{"introduced": "0"}]
RECORDS = [
    record("MAL-2098-1", "react", versions=["35.0.0", "1.0.0"], withdrawn="2098-07-01T00:00:00Z"),
    record("MAL-2098-2", "react-router-dom", spans=EVERY, withdrawn="2098-07-01T00:00:00Z"),
    record("MAL-2098-3", "@solana/web3.js", spans=[{"introduced": "1.95.6"}, {"fixed": "1.95.8"}]),
    record("MAL-2098-4", "fsevents", spans=[{"introduced": "1.0.0"}, {"fixed": "1.2.11"}]),
    record("MAL-2098-5", "@ledgerhq/connect-kit", spans=[{"introduced": "1.1.5"}, {"last_affected": "1.1.7"}]),
    record("MAL-2098-6", "every-version", spans=EVERY, versions=["1.0.0"]),
    record("MAL-2098-7", "only-listed", versions=["1.0.0"]),
    record("MAL-2098-8", "Un_Normalised.Name", "PyPI", versions=["1.0"]),
    record("MAL-2098-9", "ax\u0456os", spans=EVERY),
    record("MAL-2098-10", "many-records", versions=["1.0.0"]),
    record("MAL-2098-11", "many-records", versions=["2.0.0"]),
    record("MAL-2098-12", "made-again", spans=EVERY, withdrawn="2098-03-01T00:00:00Z"),
    record("MAL-2098-13", "made-again", versions=["9.0.0"]),
]


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "home" / "intel.sqlite3"
    monkeypatch.setenv("LAZARETTO_STORE", str(path))
    return path


@pytest.fixture
def folder(tmp_path):
    """Write OSV records into a folder -> its path."""
    top = tmp_path / "feed"

    def write(records=RECORDS):
        top.mkdir(exist_ok=True)
        for one in records:
            (top / f"{one['id']}.json").write_text(json.dumps(one), "utf-8")
        return str(top)

    return write


def update(*paths, **more):
    feed = more.pop("feed", "")
    return {one.feed: one for one in update_from(paths, feed, Update(NOW, **more))}


def words(*specs):
    return {one.asked: one.word.value for one in match(specs, Options(now=NOW)).answers}


def test_the_traps(store, folder):
    update(folder())
    assert words(
        "npm:react@18.2.0", "npm:react@35.0.0", "npm:react-router-dom@6.0.0",
        "npm:@solana/web3.js@1.95.5", "npm:@solana/web3.js@1.95.6", "npm:@solana/web3.js@1.95.7", "npm:@solana/web3.js@1.95.8",
        "npm:fsevents@1.2.10", "npm:fsevents@2.3.3", "npm:@ledgerhq/connect-kit@1.1.7", "npm:@ledgerhq/connect-kit@1.1.8",
        "npm:every-version@7.7.7", "npm:only-listed@1.0.0", "npm:only-listed@1.0.1",
        "pypi:un-normalised_name==1.0.0", "pypi:UN.NORMALISED.NAME==1.1", "npm:axios@1.7.0",
        "npm:many-records@1.0.0", "npm:many-records@2.0.0", "npm:many-records@3.0.0",
        "npm:made-again@1.0.0", "npm:made-again@9.0.0",
        "pypi:graphalgo==3.5.4", "npm:graphalgo@2.2.9", "pkg:npm/%40solana/web3.js@1.95.7", "pkg:gem/only-listed@1.0.0",
    ) == {
        "npm:react@18.2.0": "clean", "npm:react@35.0.0": "clean", "npm:react-router-dom@6.0.0": "clean",
        "npm:@solana/web3.js@1.95.5": "clean", "npm:@solana/web3.js@1.95.6": "malicious",
        "npm:@solana/web3.js@1.95.7": "malicious", "npm:@solana/web3.js@1.95.8": "clean",
        "npm:fsevents@1.2.10": "malicious", "npm:fsevents@2.3.3": "clean",
        "npm:@ledgerhq/connect-kit@1.1.7": "malicious", "npm:@ledgerhq/connect-kit@1.1.8": "clean",
        "npm:every-version@7.7.7": "malicious", "npm:only-listed@1.0.0": "malicious", "npm:only-listed@1.0.1": "clean",
        "pypi:un-normalised_name==1.0.0": "malicious", "pypi:UN.NORMALISED.NAME==1.1": "clean", "npm:axios@1.7.0": "clean",
        "npm:many-records@1.0.0": "malicious", "npm:many-records@2.0.0": "malicious", "npm:many-records@3.0.0": "clean",
        "npm:made-again@1.0.0": "clean", "npm:made-again@9.0.0": "malicious",
        "pypi:graphalgo==3.5.4": "named", "npm:graphalgo@2.2.9": "malicious", "pkg:npm/%40solana/web3.js@1.95.7": "malicious",
        "pkg:gem/only-listed@1.0.0": "clean",
    }  # fmt: skip


def test_what_is_said_besides(store, folder):
    update(folder())
    one, two, three = match(
        ["npm:react@35.0.0", "npm:only-listed@2.0.0", "npm:graphalgo@2.2.9"], Options(now=NOW)
    ).answers
    assert "withdrawn (2098-07-01)" in one.notes[0].english()
    assert "other versions" in two.notes[0].english()
    text = three.finding.message.english()
    assert all(part in text for part in ("graphalgo 2.2.9", "campaign graphalgo", "MAL-2025-3687", "2025-05-07"))


def test_twice_is_the_same(store, folder):
    first = update(folder())
    assert (first["osv"].new, first["osv"].withdrawn) == (len(RECORDS), 3)
    rows = sqlite3.connect(store).execute("SELECT * FROM package").fetchall()
    again = update(folder())
    assert (again["osv"].new, again["osv"].changed, again["osv"].unchanged) == (0, 0, len(RECORDS))
    assert again["lazaretto"].unchanged == again["lazaretto"].facts
    assert sqlite3.connect(store).execute("SELECT * FROM package").fetchall() == rows


def test_a_lockfile_in_one_go(store, folder, tmp_path):
    update(folder())
    packages = {f"node_modules/p{n}": {"version": "1.0.0"} for n in range(1000)}
    packages["node_modules/only-listed"] = {"version": "1.0.0"}
    (tmp_path / "app").mkdir()
    lock = tmp_path / "app" / "package-lock.json"
    lock.write_text(json.dumps({"name": "app", "lockfileVersion": 3, "packages": packages}))
    answer = match([str(lock)], Options(now=NOW))
    assert (answer.packages, [one.word for one in answer.answers]) == (1001, [Word.MALICIOUS])
    checked = check(str(tmp_path / "app"), Options(now=NOW, jobs=1, cache=False))
    found = [one for one in checked.examination.findings if one.rule == "intel/malicious-package"]
    assert [one.subject for one in found] == ["pkg:npm/only-listed@1.0.0"]
    assert (checked.verdict.grade.word, checked.intel_date) == ("malicious", "2099-06-15")
    off = check(str(tmp_path / "app"), Options(now=NOW, jobs=1, cache=False, store="off"))
    assert not [one for one in off.examination.findings if one.rule == "intel/malicious-package"]
    assert off.intel_date < "2099"


def test_a_working_copys_own_name_is_not_what_a_registry_serves(store, folder, tmp_path):
    update(folder())
    app = tmp_path / "app"
    app.mkdir()
    (app / "package.json").write_text('{"name": "every-version", "version": "1.0.0", "main": "index.js"}')
    options = Options(now=NOW, jobs=1, cache=False)
    assert check(str(app), options).verdict.grade.word == "malicious"  # it may be the unpacked package itself
    (app / "package-lock.json").write_text('{"name": "every-version", "lockfileVersion": 3, "packages": {}}')
    assert check(str(app), options).verdict.grade.word == "nothing-found"


def test_check_tells_of_a_store_that_it_could_not_ask(store, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "package.json").write_text('{"dependencies": {"x": "1.0.0"}}')
    missing = check(str(tmp_path / "app"), Options(now=NOW, jobs=1, cache=False))
    assert not missing.verdict.complete
    assert "is not there" in missing.examination.gaps[0].reason.english()
    store.parent.mkdir(parents=True)
    store.write_bytes(b"garbage" * 100)
    broken = check(str(tmp_path / "app"), Options(now=NOW, jobs=1, cache=False))
    assert not broken.verdict.complete


def test_expired_indicators_are_shown_as_such(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("value,expires\nold.example.test,2099-01-01\n")
    update(str(path))
    with Library("", NOW) as library:
        (one,) = library.show("old[.]example.test").indicators
    assert (one.expires, one.read[:10]) == ("2099-01-01", "2099-06-15")


def test_expired_packages_never_match(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("package,ecosystem,version,expires\nold-evil,npm,1.0.0,2099-01-01\nevil,npm,1.0.0,2199-01-01\n")
    update(str(path))
    assert words("npm:old-evil@1.0.0", "npm:evil@1.0.0") == {
        "npm:old-evil@1.0.0": "clean",
        "npm:evil@1.0.0": "malicious",
    }
    (one,) = match(["npm:old-evil@1.0.0"], Options(now=NOW)).answers
    assert "expired" in one.notes[0].english()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("r.json", b"<!DOCTYPE html><title>404</title>"), ("r.json", b""), ("r.json", b"\xff\xfe\x00\xd8"), ("r.json", b"{"),
        ("r.json", '{"id":"MAL-1"}'.encode("utf-32")), ("all.zip", b"PK\x03\x04 cut"), ("l.csv", b"\x00\x01\x02"),
    ],
)  # fmt: skip
def test_bad_documents_leave_yesterdays_store(store, folder, tmp_path, name, data):
    update(folder())
    before = store.read_bytes()
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / name).write_bytes(data)
    for path in (bad, bad / name):
        with pytest.raises(FeedError):
            update(str(path))
    assert store.read_bytes() == before


def test_one_bad_document_among_good_ones_is_told(store, folder):
    top = Path(folder())
    (top / "MAL-bad.json").write_bytes(b"<html>")
    (top / "GHSA-x.json").write_bytes(json.dumps(record("GHSA-x", "ordinary", versions=["1"])).encode())
    (top / "MAL-hostile.json").write_bytes(json.dumps(record("MAL-h", "x\x1b[31m" * 2000, versions=["1"])).encode())
    results = update(str(top))
    assert (results["osv"].facts, results["osv"].rejections, results["osv"].skipped) == (len(RECORDS), 1, 1)
    assert not results[""].complete
    assert "MAL-bad.json" in results[""].unreadable[0]


def test_a_clock_in_the_past(store, folder):
    early = datetime(2001, 1, 1, tzinfo=UTC)
    results = {one.feed: one for one in update_from([folder()], "", Update(early))}
    assert "clock" in results["osv"].notes[0].english()
    answer = match(["npm:only-listed@1.0.0", "npm:react@35.0.0"], Options(now=early))
    assert [one.word for one in answer.answers] == [Word.MALICIOUS, Word.CLEAN]


def test_formats_can_be_forced_and_wrong_names_are_refused(store, folder):
    assert set(update(folder(), feed="osv")) == {"lazaretto", "osv"}
    with pytest.raises(StoreError, match="no feed format"):
        update(folder(), feed="nope")
    with pytest.raises(StoreError, match="switched off"):
        update_from([folder()], "", Update(NOW, "off"))


def test_campaigns_are_listed_and_shown_with_and_without_a_store(store, folder, monkeypatch):
    with Library("off", NOW) as library:
        alone = library.campaigns()
        shown = library.show("GRAPHALGO")
    assert any(one.entity.id == "graphalgo" and one.packages > 30 for one in alone)
    assert shown.references
    update(folder())
    with Library("", NOW) as library:
        assert len(library.campaigns()) == len(alone)  # seeds are not listed twice
        assert len(library.show("graphalgo").packages) == len(shown.packages)
        assert [one.name for one in library.show("MAL-2098-6").packages] == ["every-version"]
        assert library.show("nobody-knows-this").empty


def test_status(store, folder):
    assert not status("").exists
    update(folder())
    state = status("")
    assert state.size == store.stat().st_size
    assert {one.name: one.packages for one in state.feeds}["osv"] == len(RECORDS)


class Feeds:
    """A table with one feed at a loopback address."""

    def __init__(self, tmp_path, loopback, records):
        self.loopback = loopback
        self.table = tmp_path / "feeds.toml"
        self.table.write_text(
            f'[test]\nformat = "osv"\nlayout = "file"\naddress = "{loopback.url}/all.zip"\nreplaces = true\n'
        )
        self.serve(records)

    def serve(self, records, etag='"v1"'):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for one in records:
                archive.writestr(f"{one['id']}.json", json.dumps(one))
        self.loopback.add("/all.zip", out.getvalue(), ETag=etag)

    def update(self, **more):
        client = Fetcher(ClientConfig(), seconds=5)
        (result,) = update_online(["test"], Update(NOW), self.table, client=client, **more)
        return result


def test_over_the_network(store, tmp_path, loopback):
    feeds = Feeds(tmp_path, loopback, RECORDS)
    assert feeds.update().new == len(RECORDS)
    assert not (store.parent / "feeds" / "test").exists()  # what was fetched is not kept
    loopback.add("/all.zip", b"", 304)
    again = feeds.update()
    assert (again.facts, again.problem) == (0, None)
    assert words("npm:only-listed@1.0.0") == {"npm:only-listed@1.0.0": "malicious"}
    feeds.serve(RECORDS[:-1], '"v2"')
    assert feeds.update().removed == 1


@pytest.mark.parametrize(
    "body", [b"<html>log in</html>", b"PK\x03\x04 cut short", b"{}", b"", b'{"id": "GHSA-1", "affected": []}']
)
def test_a_feed_that_fails_leaves_its_part_as_it_was(store, tmp_path, loopback, body):
    feeds = Feeds(tmp_path, loopback, RECORDS)
    feeds.update()
    before = store.read_bytes()
    loopback.add("/all.zip", body, ETag='"v2"')
    result = feeds.update()
    assert result.problem is not None
    assert store.read_bytes() == before
    feeds.serve(RECORDS, '"v3"')
    assert feeds.update().unchanged == len(RECORDS)


def test_wrong_feeds_are_a_usage_error(store, tmp_path, loopback):
    feeds = Feeds(tmp_path, loopback, RECORDS)
    with pytest.raises(StoreError, match="there is no feed nope"):
        update_online(["nope"], Update(NOW), feeds.table)
    with pytest.raises(StoreError, match="exactly one"):
        update_online([], Update(NOW), feeds.table, url="https://other.feeds.example.test")
    assert feeds.update(url=f"{loopback.url}/none").problem is not None

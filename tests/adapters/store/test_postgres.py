"""The same store in a real PostgreSQL server, started for these tests on a socket of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text

from lazaretto.adapters.store.place import Place, StoreError, place
from lazaretto.adapters.store.reader import reading
from lazaretto.adapters.store.schema import METADATA
from lazaretto.adapters.store.writer import migrate, writing
from lazaretto.app.check import Options
from lazaretto.app.intel import match, status
from lazaretto.intel.seed import FEED, seeds
from lazaretto.model.intel import Facts

from .conftest import NOW, package

pytestmark = pytest.mark.postgres
NOBODY = 65534


def _program(name):
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[::-1]), None)
    assert found, f"{name} is missing: these tests need PostgreSQL (Debian: apt-get install postgresql)"
    return found


@pytest.fixture(scope="module")
def server():
    """A database of its own -> its URL."""
    top = Path(tempfile.mkdtemp(prefix="lazaretto-pg-"))
    user = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        os.chown(top, NOBODY, NOBODY)
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(top), "LC_ALL": "C"}
    data = top / "data"
    initdb = [_program("initdb"), "-D", str(data), "-U", "lazaretto", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=top, env=environment, **user)
    options = f"-c listen_addresses= -c unix_socket_directories={top} -c fsync=off"
    control = [_program("pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    begin = [*control, "-l", str(top / "log"), "-o", options, "start"]
    subprocess.run(begin, check=True, stdout=subprocess.DEVNULL, cwd=top, env=environment, **user)
    try:
        yield f"postgresql://lazaretto@/postgres?host={quote(str(top))}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, env=environment, **user)
        shutil.rmtree(top)


@pytest.fixture
def shared(server):
    """An empty database."""
    where = place(server)
    assert where is not None
    engine = create_engine(where.url)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
    return where


def test_the_same_facts_twice(shared, ingest):
    facts = list(seeds())
    first = ingest(*facts, feed=FEED, where=shared)
    assert first.new == first.facts
    again = ingest(*facts, feed=FEED, where=shared)
    assert (again.new, again.changed, again.unchanged) == (0, 0, first.facts)
    changed = ingest(package("evil", "1.0.0"), where=shared)
    assert (changed.new, ingest(package("evil", "1.0.1"), where=shared).changed) == (1, 1)
    with reading(shared) as reader:
        assert {one.name for one in reader.feeds()} == {FEED, "osv"}
        assert reader.packages([("npm", "evil"), ("npm", "%s")])["npm", "evil"][0].versions == ("1.0.1",)
        assert len(reader.packages_of("graphalgo")) > 30
        assert reader.entity("graphalgo")
        assert reader.indicators_of("graphalgo")
        assert reader.sightings("x") == reader.relations("x") == []
        assert reader.references(["kam193"])


def test_all_or_nothing_and_one_at_a_time(shared, ingest):
    ingest(package("evil", "1.0.0"), where=shared)

    def interrupted():
        with writing(shared, NOW) as writer:
            writer.feed("osv").add(Facts(packages=(package("late", "1.0.0", number=2),)))
            with pytest.raises(StoreError, match="another update"):
                ingest(package("second", "1.0.0"), where=shared)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with reading(shared) as reader:
        assert set(reader.packages([("npm", "evil"), ("npm", "late"), ("npm", "second")])) == {("npm", "evil")}


def test_answers(shared, server, ingest, monkeypatch):
    ingest(package("evil", "1.0.0"), where=shared)
    monkeypatch.setenv("LAZARETTO_STORE", server)
    answers = match(["npm:evil@1.0.0", "npm:evil@1.0.1", "npm:graphalgo@2.2.9"], Options(now=NOW)).answers
    assert [one.word.value for one in answers] == ["malicious", "clean", "malicious"]
    assert status("").feeds[0].packages == 1


def test_migrations_make_the_schema_that_the_code_uses(shared):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(shared.url)
    with engine.begin() as connection:
        migrate(connection)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_a_server_that_is_not_there():
    nowhere = Place(None, "postgresql+psycopg://lazaretto@/postgres?host=/nonexistent.invalid", chosen=True)
    for use in (lambda: reading(nowhere), lambda: writing(nowhere, NOW).__enter__()):
        with pytest.raises(StoreError) as raised:
            use()
        assert raised.value.exit_kind == "incomplete"

from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.adapters.gate_store import GateStore
from lazaretto.model.gate import Approval, Decided, Examined
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

from .postgres import Postgres

NOW = datetime(2099, 6, 15, 12, 30, 30, tzinfo=UTC)


def sha256(number):
    return f"{number:064x}"


def sha512(number):
    return f"sha512:{number:0128x}"


def examined(number, grade=Grade.NOTHING_FOUND, **more):
    given = {
        "score": 9.1 if grade else 0.0,
        "complete": True,
        "rules": ("a/b",) if grade else (),
        "engine": "e",
        "at": NOW,
    }
    return Examined(
        sha256=sha256(number), grade=grade, summary=Message.of("found {what}", {"what": number}), **given | more
    )


def decided(number=0, outcome=Outcome.ALLOW, **more):
    given = {
        "at": NOW + timedelta(seconds=number), "request": f"r{number}", "case": "", "client": "npm", "team": "", "kind": "file",
        "purl": "pkg:npm/left@1.0.0", "filename": "left-1.0.0.tgz", "digest": sha512(number), "outcome": outcome,
        "would": outcome, "clause": "",
    }  # fmt: skip
    if outcome:
        given |= {
            "case": f"C{number}",
            "clause": "age",
            "message": Message.of("too new: {days}", {"days": 1}),
            "until": NOW,
        }
    return Decided(**given | more)


def approval(ident="A1", **more):
    given = {
        "subject": "npm:left",
        "clauses": ("age",),
        "reason": "r",
        "owner": "o",
        "expires": NOW + timedelta(days=1),
    }
    return Approval(ident, **given | {"created": NOW} | more)


@pytest.fixture(scope="session")
def server():
    """A running PostgreSQL."""
    running = Postgres()
    running.start()
    yield running
    running.stop()
    running.remove()


def empty(server):
    from sqlalchemy import create_engine, text

    engine = create_engine(server.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return server.url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def where(request, tmp_path):
    """An empty place, of each kind."""
    return (
        str(tmp_path / "data" / "gate.sqlite3")
        if request.param == "sqlite"
        else empty(request.getfixturevalue("server"))
    )


@pytest.fixture
def store(where):
    opened = GateStore(where)
    yield opened
    opened.close()

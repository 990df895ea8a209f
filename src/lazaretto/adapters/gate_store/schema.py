"""The tables of the gate's store, the same in SQLite and PostgreSQL (SQLAlchemy 2 Core).

All names begin with `gate_`, so that the store may share a database with the intelligence store. Times are
microseconds of Unix time; 0 = none. Digests in `decision` are packed (`codec.py`).

    state        one row: the epoch, and the inputs (policy, intelligence) that it was last raised for
    project      the epoch of the last change that concerned one project
    examination  answers by SHA-256; `alias` leads from other digests to them
    lease        who is examining what, and until when
    approval, revocation, audit, decision
                 append-only: triggers refuse UPDATE and DELETE; decisions older than `state.kept_from` may be deleted
    seen         when this gate first saw a file
    tally        numbers of decisions by minute, hour and day, so that counting does not read the log
    batch        which batches of decisions were written: a batch that is sent again is not written twice
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, text

METADATA = MetaData()
APPEND_ONLY = ("gate_approval", "gate_revocation", "gate_audit", "gate_decision")


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False, server_default=None if key else "")


def _small(name: str, *, key: bool = False) -> Column[int]:
    return Column(
        name,
        SmallInteger,
        primary_key=key,
        nullable=False,
        server_default=None if key else "0",
        autoincrement=False,
    )


def _big(name: str, *, key: bool = False) -> Column[int]:
    return Column(
        name, BigInteger, primary_key=key, nullable=False, server_default=None if key else "0", autoincrement=False
    )


def _serial() -> Column[int]:
    # INTEGER PRIMARY KEY is SQLite's own row number
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


STATE = Table(
    "gate_state",
    METADATA,
    _small("id", key=True),
    _big("epoch"),
    _big("general"),
    _text("policy"),
    _text("intel"),
    _big("kept_from"),
)
"""`general`: the epoch of the last change that may concern every project."""

PROJECT = Table(
    "gate_project",
    METADATA,
    _text("ecosystem", key=True),
    _text("name", key=True),
    _big("epoch"),
    Index("gate_project_epoch", "epoch"),
    sqlite_with_rowid=False,
)

EXAMINATION = Table(
    "gate_examination",
    METADATA,
    _text("sha256", key=True),
    _small("grade"),
    Column("score", Float, nullable=False, server_default="0"),
    _small("complete"),
    _small("failed"),
    _text("rules"),
    _text("summary"),
    _text("engine"),
    _big("at"),
    _text("name"),
    _text("version"),
    sqlite_with_rowid=False,
)

ALIAS = Table("gate_alias", METADATA, _text("alias", key=True), _text("sha256", key=True), sqlite_with_rowid=False)
"""The same alias may lead to several files: SHA-1 has collisions."""

LEASE = Table("gate_lease", METADATA, _text("key", key=True), _text("owner"), _big("until"), sqlite_with_rowid=False)

APPROVAL = Table(
    "gate_approval",
    METADATA,
    _text("id", key=True),
    _text("subject"),
    _text("clauses"),
    _text("reason"),
    _text("owner"),
    _big("expires"),
    _text("team"),
    _text("approved_by"),
    _big("created"),
    sqlite_with_rowid=False,
)

REVOCATION = Table(
    "gate_revocation", METADATA, _text("approval", key=True), _big("at"), _text("by_whom"), sqlite_with_rowid=False
)

AUDIT = Table("gate_audit", METADATA, _serial(), _big("at"), _text("actor"), _text("action"), _text("detail"))

SEEN = Table(
    "gate_seen",
    METADATA,
    _text("ecosystem", key=True),
    _text("name", key=True),
    _text("filename", key=True),
    _big("at"),
    sqlite_with_rowid=False,
)

_REFUSED, _CASE, _CLAUSE, _TEAM = (text(t) for t in ("outcome > 0", "case_id <> ''", "clause <> ''", "team <> ''"))
_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared byte by byte, as SQLite does, so that "begins with" is a range."""
DECISION = Table(
    "gate_decision",
    METADATA,
    _serial(),
    _big("at"),
    _text("request"),
    _text("case_id"),
    _text("client"),
    _text("team"),
    _text("kind"),
    Column("purl", _BYTES, nullable=False, server_default=""),
    _text("filename"),
    Column("digest", LargeBinary, nullable=False),
    _small("outcome"),
    _small("would"),
    _text("clause"),
    _text("message"),
    _big("until"),
    _big("epoch"),
    _text("warnings"),
    Index("gate_decision_at", "at", "id"),
    Index("gate_decision_purl", "purl", "at", "id"),
    Index("gate_decision_case", "case_id", "at", "id", sqlite_where=_CASE, postgresql_where=_CASE),
    Index("gate_decision_clause", "clause", "at", "id", sqlite_where=_CLAUSE, postgresql_where=_CLAUSE),
    Index("gate_decision_outcome", "outcome", "at", "id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    Index("gate_decision_team", "team", "at", "id", sqlite_where=_TEAM, postgresql_where=_TEAM),
)

TALLY = Table(
    "gate_tally",
    METADATA,
    _big("span", key=True),
    _big("slot", key=True),
    _small("outcome", key=True),
    _small("would", key=True),
    _text("clause", key=True),
    _big("number"),
    sqlite_with_rowid=False,
)
"""`span`: 60, 3600 or 86400 seconds; `slot`: when it begins, in seconds of Unix time."""

BATCH = Table("gate_batch", METADATA, Column("id", LargeBinary, primary_key=True), _big("at"), sqlite_with_rowid=False)

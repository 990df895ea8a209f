"""The tables of the intelligence store, the same in SQLite and PostgreSQL (SQLAlchemy 2 Core).

Words are those of STIX 2.1 and OSV. Every fact carries its feed, its source there, how far it is believed, when it was
read, first and last seen, when it expires and when it was withdrawn. A quarter of a million advisories must stay small,
so words of closed sets are numbers (`rows.py` says which), and dates are numbers, too:

    0           not known                2025         a year
    1           at an unknown time       202505       a month
    20250507    a day                    1746590430   a second (Unix time, from 1973 on)

`digest` is a hash over everything that a fact says but `read`: reading the same again changes nothing.

Imported only by what writes, and by PostgreSQL's readers. Migrations: `migrations/`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, SmallInteger, Table, Text

METADATA = MetaData()


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False, server_default=None if key else "")


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, SmallInteger, primary_key=key, nullable=False, autoincrement=False)


def _date(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _facts() -> tuple[Column[int], ...]:
    """What every fact has."""
    dates = (_date(name) for name in ("first_seen", "last_seen", "read", "expires", "withdrawn"))
    digest: Column[int] = Column("digest", BigInteger, nullable=False)
    return (_number("trust"), _number("tlp"), *dates, digest)


FEED = Table(
    "feed",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    _text("title"),
    _text("licence"),
    _text("address"),
    _date("first_read"),
    _date("last_read"),
    _date("newest"),
    Column("state", Text, nullable=False, server_default="{}"),
)
"""Where facts come from. `newest`: the newest date in the feed itself; `state`: JSON, where the next update goes on."""

PACKAGE = Table(
    "package",
    METADATA,
    _text("ecosystem", key=True),
    _text("name", key=True),
    _number("feed", key=True),
    _text("ident", key=True),
    _number("coverage"),
    _text("versions"),
    _text("spans"),
    _text("campaign"),
    _text("source"),
    _date("published"),
    *_facts(),
    Index("package_ident", "feed", "ident"),
    sqlite_with_rowid=False,
)
"""Malicious packages. `ident`: advisory id, else `campaign:...`; `versions` and `spans`: one a line."""

INDICATOR = Table(
    "indicator",
    METADATA,
    _text("kind", key=True),
    _text("value", key=True),
    _number("feed", key=True),
    _text("campaign", key=True),
    _number("scope"),
    _text("role"),
    _text("via"),
    _text("source"),
    *_facts(),
    Index("indicator_campaign", "feed", "campaign"),
    sqlite_with_rowid=False,
)
"""STIX indicators, one value each."""

ENTITY = Table(
    "entity",
    METADATA,
    _number("feed", key=True),
    _text("id", key=True),
    _text("kind"),
    _text("name"),
    _text("body"),
    _text("source"),
    *_facts(),
    sqlite_with_rowid=False,
)
"""STIX domain objects: campaign, intrusion-set, malware, report, ... `body`: JSON of what is particular to the kind."""

RELATION = Table(
    "relation",
    METADATA,
    _number("feed", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("target", key=True),
    sqlite_with_rowid=False,
)

SIGHTING = Table(
    "sighting",
    METADATA,
    _number("feed", key=True),
    _text("id", key=True),
    _text("of"),
    _date("first_seen"),
    _date("last_seen"),
    Column("count", Integer, nullable=False, server_default="1"),
    _text("place"),
    _date("read"),
    sqlite_with_rowid=False,
)

REFERENCE = Table(
    "reference",
    METADATA,
    _number("feed", key=True),
    _text("key", key=True),
    _text("url"),
    _text("date"),
    _text("title"),
    _text("kind"),
    sqlite_with_rowid=False,
)
"""STIX external references."""

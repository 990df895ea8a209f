"""The first schema. What each table and column means is written in `schema.py`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, *, key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, server_default=None if key else "")


def _number(name: str, *, key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger, primary_key=key, nullable=False, autoincrement=False)


def _date(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _facts() -> "tuple[sa.Column[int], ...]":
    dates = (_date(name) for name in ("first_seen", "last_seen", "read", "expires", "withdrawn"))
    return (_number("trust"), _number("tlp"), *dates, sa.Column("digest", sa.BigInteger, nullable=False))


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feed",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        _text("title"),
        _text("licence"),
        _text("address"),
        _date("first_read"),
        _date("last_read"),
        _date("newest"),
        sa.Column("state", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_table(
        "package",
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
        sqlite_with_rowid=False,
    )
    op.create_index("package_ident", "package", ["feed", "ident"])
    op.create_table(
        "indicator",
        _text("kind", key=True),
        _text("value", key=True),
        _number("feed", key=True),
        _text("campaign", key=True),
        _number("scope"),
        _text("role"),
        _text("via"),
        _text("source"),
        *_facts(),
        sqlite_with_rowid=False,
    )
    op.create_index("indicator_campaign", "indicator", ["feed", "campaign"])
    op.create_table(
        "entity",
        _number("feed", key=True),
        _text("id", key=True),
        _text("kind"),
        _text("name"),
        _text("body"),
        _text("source"),
        *_facts(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relation",
        _number("feed", key=True),
        _text("source", key=True),
        _text("kind", key=True),
        _text("target", key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sighting",
        _number("feed", key=True),
        _text("id", key=True),
        _text("of"),
        _date("first_seen"),
        _date("last_seen"),
        sa.Column("count", sa.Integer, nullable=False, server_default="1"),
        _text("place"),
        _date("read"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reference",
        _number("feed", key=True),
        _text("key", key=True),
        _text("url"),
        _text("date"),
        _text("title"),
        _text("kind"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("reference", "sighting", "relation", "entity", "indicator", "package", "feed"):
        op.drop_table(name)

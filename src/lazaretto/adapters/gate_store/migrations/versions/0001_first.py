"""The first schema. What each table and column means is written in `schema.py`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, *, key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, server_default=None if key else "")


def _small(name: str, *, key: bool = False) -> "sa.Column[int]":
    default = None if key else "0"
    return sa.Column(
        name, sa.SmallInteger, primary_key=key, nullable=False, server_default=default, autoincrement=False
    )


def _big(name: str, *, key: bool = False) -> "sa.Column[int]":
    default = None if key else "0"
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, server_default=default, autoincrement=False)


def _serial() -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", kind, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the tables, their indices and the triggers that keep four of them append-only."""
    op.create_table(
        "gate_state",
        _small("id", key=True),
        _big("epoch"),
        _big("general"),
        _text("policy"),
        _text("intel"),
        _big("kept_from"),
    )
    op.execute("INSERT INTO gate_state (id, epoch, general) VALUES (1, 1, 1)")
    op.create_table(
        "gate_project", _text("ecosystem", key=True), _text("name", key=True), _big("epoch"), sqlite_with_rowid=False
    )
    op.create_index("gate_project_epoch", "gate_project", ["epoch"])
    op.create_table(
        "gate_examination",
        _text("sha256", key=True),
        _small("grade"),
        sa.Column("score", sa.Float, nullable=False, server_default="0"),
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
    op.create_table("gate_alias", _text("alias", key=True), _text("sha256", key=True), sqlite_with_rowid=False)
    op.create_table("gate_lease", _text("key", key=True), _text("owner"), _big("until"), sqlite_with_rowid=False)
    op.create_table(
        "gate_approval",
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
    op.create_table(
        "gate_revocation", _text("approval", key=True), _big("at"), _text("by_whom"), sqlite_with_rowid=False
    )
    op.create_table("gate_audit", _serial(), _big("at"), _text("actor"), _text("action"), _text("detail"))
    op.create_table(
        "gate_seen",
        _text("ecosystem", key=True),
        _text("name", key=True),
        _text("filename", key=True),
        _big("at"),
        sqlite_with_rowid=False,
    )
    _decisions()
    op.create_table(
        "gate_tally",
        _big("span", key=True),
        _big("slot", key=True),
        _small("outcome", key=True),
        _small("would", key=True),
        _text("clause", key=True),
        _big("number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gate_batch", sa.Column("id", sa.LargeBinary, primary_key=True), _big("at"), sqlite_with_rowid=False
    )
    _append_only()


def _decisions() -> None:
    op.create_table(
        "gate_decision",
        _serial(),
        _big("at"),
        _text("request"),
        _text("case_id"),
        _text("client"),
        _text("team"),
        _text("kind"),
        sa.Column(
            "purl",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            server_default="",
        ),
        _text("filename"),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        _small("outcome"),
        _small("would"),
        _text("clause"),
        _text("message"),
        _big("until"),
        _big("epoch"),
        _text("warnings"),
    )
    op.create_index("gate_decision_at", "gate_decision", ["at", "id"])
    op.create_index("gate_decision_purl", "gate_decision", ["purl", "at", "id"])
    for name, column, where in (
        ("case", "case_id", "case_id <> ''"),
        ("clause", "clause", "clause <> ''"),
        ("outcome", "outcome", "outcome > 0"),
        ("team", "team", "team <> ''"),
    ):
        op.create_index(
            f"gate_decision_{name}",
            "gate_decision",
            [column, "at", "id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


_TABLES = ("gate_approval", "gate_revocation", "gate_audit", "gate_decision")


def _append_only() -> None:
    old = "OLD.at < (SELECT kept_from FROM gate_state WHERE id = 1)"
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
            unless = f"WHEN NOT {old} " if table == "gate_decision" else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}"
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION gate_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    )
    op.execute(
        "CREATE FUNCTION gate_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {old} THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only'; END $$"
    )
    for table in _TABLES:
        deleted = "gate_kept" if table == "gate_decision" else "gate_append_only"
        for when, rows, does in (
            ("UPDATE", "ROW", "gate_append_only"),
            ("DELETE", "ROW", deleted),
            ("TRUNCATE", "STATEMENT", "gate_append_only"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_no_{when.lower()} BEFORE {when} ON {table} "
                f"FOR EACH {rows} EXECUTE FUNCTION {does}()"
            )


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "batch",
        "tally",
        "decision",
        "seen",
        "audit",
        "revocation",
        "approval",
        "lease",
        "alias",
        "examination",
        "project",
        "state",
    ):
        op.drop_table(f"gate_{name}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION gate_append_only()")
        op.execute("DROP FUNCTION gate_kept()")

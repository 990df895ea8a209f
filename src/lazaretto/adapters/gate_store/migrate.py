"""Bringing the schema of the gate's store up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.adapters.gate_store.place import HEAD, Trouble, unusable
from lazaretto.adapters.store.place import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection


def migrate(connection: "Connection", place: Place) -> None:
    """Bring the schema up to date within the connection's transaction.

    Raises:
        GateStoreError: it is newer than this version.
    """
    from sqlalchemy import inspect, text

    if inspect(connection).has_table("gate_version"):
        version = connection.execute(text("SELECT version_num FROM gate_version")).scalar()
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise unusable(Trouble.NEWER, place, version)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

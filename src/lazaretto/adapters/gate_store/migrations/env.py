"""What Alembic runs: migrations always go through a connection that the store hands over (`migrate.py`)."""

from alembic import context

from lazaretto.adapters.gate_store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table="gate_version"
)
context.run_migrations()

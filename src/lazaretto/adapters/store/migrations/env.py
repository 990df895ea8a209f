"""What Alembic runs: migrations always go through a connection that the store hands over (`writer.migrate`)."""

from alembic import context

from lazaretto.adapters.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()

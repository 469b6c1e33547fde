"""Alembic's entry: runs on the connection that csms.store.migrate hands in."""

from alembic import context

from csms.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
)
with context.begin_transaction():
    context.run_migrations()

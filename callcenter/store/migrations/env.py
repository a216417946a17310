"""Alembic's entry: it runs on the connection that ``callcenter.store.upgrade`` hands in."""

from alembic import context

from callcenter.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()

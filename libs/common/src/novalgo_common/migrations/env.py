"""What Alembic runs: upgrades over the connection that `upgrade` opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=True, transaction_per_migration=False)
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7364)")  # replicas start at once
with context.begin_transaction():
    context.run_migrations()

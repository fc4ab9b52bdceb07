"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("published_at", sa.Text),
    )
    op.create_index("outbox_waiting", "outbox", ["published_at", "position"])
    op.create_table(
        "signals",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("signal_id", sa.Text, nullable=False, unique=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("alert_at", sa.Text),
        sa.Column("bar_at", sa.Text),
        sa.Column("price", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("stored_at", sa.Text, nullable=False),
        sa.Column("ending", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recent",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "steps",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_index("ix_steps_signal_id", "steps", ["signal_id"])
    op.create_table(
        "orders",
        sa.Column("client_order_id", sa.Text, primary_key=True),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("filled_quantity", sa.Text, nullable=False),
        sa.Column("filled_average_price", sa.Text),
        sa.Column("submitted_at", sa.Text, nullable=False),
    )
    op.create_index("ix_orders_signal_id", "orders", ["signal_id"])
    op.create_table(
        "config",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )

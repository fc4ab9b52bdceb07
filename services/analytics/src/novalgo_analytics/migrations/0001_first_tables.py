"""The journal, what is derived from it, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("journal_by_type", "journal", ["type", "occurred_at"])
    op.create_index("journal_by_correlation", "journal", ["correlation_id"])
    op.create_table(
        "movements",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("order", sa.Text, nullable=False),
        sa.Column("leg", sa.Text),
        sa.Column("is_adoption", sa.Boolean, nullable=False),
    )
    op.create_index("movements_by_symbol", "movements", ["symbol", "position"])
    op.create_table(
        "snapshots",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("cash", sa.Text, nullable=False),
        sa.Column("equity", sa.Text, nullable=False),
        sa.Column("last_equity", sa.Text, nullable=False),
        sa.Column("buying_power", sa.Text, nullable=False),
    )
    op.create_index("snapshots_by_time", "snapshots", ["taken_at"])
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.Text, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("ending", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
    )
    op.create_index("signals_by_time", "signals", ["seen_at"])
    op.create_table(
        "performance_requests",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("correlation_id", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("published_at", sa.Text),
    )
    op.create_index("outbox_waiting", "outbox", ["published_at", "position"])

"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("published_at", sa.Text),
        sa.Index("outbox_waiting", "published_at", "position"),
    )
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("fired_at", sa.Text, nullable=False),
        sa.Column("stored_at", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text),
        sa.Column("ended_at", sa.Text),
        sa.Column("ending", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Index("signals_active", "ended_at", "symbol", "sequence"),
    )
    op.create_table(
        "orders",
        sa.Column("client_order_id", sa.Text, primary_key=True),
        sa.Column("signal_id", sa.Text, sa.ForeignKey("signals.signal_id"), nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("leg_quantity", sa.Text),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text),
        sa.Column("notional", sa.Text),
        sa.Column("position_intent", sa.Text, nullable=False),
        sa.Column("quote_price", sa.Text),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, unique=True),
        sa.Column("filled_quantity", sa.Text, nullable=False),
        sa.Column("filled_average_price", sa.Text),
        sa.Column("counted_quantity", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("missing_since", sa.Text),
        sa.Column("ended_at", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.UniqueConstraint("signal_id", "leg", "part", name="one_order_a_leg"),
        sa.Index("orders_unfinished", "complete", "symbol"),
    )
    op.create_table(
        "books",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("timeframe", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Text, nullable=False),
    )
    op.create_table(
        "externals",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Text, nullable=False),
    )
    op.create_table(
        "fills",
        sa.Column("order_id", sa.Text, primary_key=True),
        sa.Column("cumulative", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("filled_at", sa.Text, nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )

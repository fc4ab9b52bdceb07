"""Busts, splits, what each day came to, and how signals were carried out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "busts",
        sa.Column("fill_event_id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("symbol", sa.Text, nullable=False),
    )
    op.create_table(
        "splits",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("splits_by_symbol", "splits", ["symbol", "position"])
    op.create_index("movements_by_order", "movements", ["order"])
    op.create_table(
        "days",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("opening", sa.Text, nullable=False),
        sa.Column("equity", sa.Text, nullable=False),
        sa.Column("statements", sa.Integer, nullable=False),
        sa.Column("exposure", sa.Text, nullable=False),
    )
    with op.batch_alter_table("signals") as signals:
        signals.add_column(sa.Column("alert_at", sa.Text))
        signals.add_column(sa.Column("price", sa.Text))
    op.create_table(
        "steps",
        sa.Column("signal_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("client_order_id", sa.Text, primary_key=True),
        sa.Column("signal_id", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("side", sa.Text),
        sa.Column("quote_price", sa.Text),
        sa.Column("submitted_at", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("ended_at", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("orders_by_time", "orders", ["submitted_at"])

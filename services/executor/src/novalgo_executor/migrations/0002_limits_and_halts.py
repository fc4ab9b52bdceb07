"""Halts, the alert's price, and what closing orders earned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "halts",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("timeframe", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
    )
    op.add_column("signals", sa.Column("price", sa.Text))
    op.add_column("orders", sa.Column("realised", sa.Text, nullable=False, server_default="0"))
    op.create_index("orders_created", "orders", ["created_at"])
    op.add_column("books", sa.Column("cost", sa.Text, nullable=False, server_default="0"))

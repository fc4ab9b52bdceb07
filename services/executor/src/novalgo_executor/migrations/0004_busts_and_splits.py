"""What was undone of the fills, and the positions as they were last stated."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fills", sa.Column("execution_id", sa.Text))
    op.add_column("fills", sa.Column("undone_by", sa.Text))
    op.create_table(
        "corrections",
        sa.Column("undoing_id", sa.Text, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("filled_at", sa.Text, nullable=False),
        sa.Column("undone_by", sa.Text),
    )
    op.create_table(
        "stated",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("average_price", sa.Text, nullable=False),
    )

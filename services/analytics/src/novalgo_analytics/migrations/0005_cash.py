"""Cash that moved without a trade."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cash",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text),
        sa.Column("activity", sa.Text, nullable=False),
    )
    op.create_index("cash_by_time", "cash", ["at"])

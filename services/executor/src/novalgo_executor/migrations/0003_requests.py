"""The orders of a person that were obeyed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("obeyed_at", sa.Text, nullable=False),
    )

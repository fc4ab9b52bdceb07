"""Orders that were given up, and may turn up all the same."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("given_up_at", sa.Text))
    op.add_column("orders", sa.Column("late_settled_at", sa.Text))

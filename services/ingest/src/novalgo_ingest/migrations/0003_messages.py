"""What each alert said, as it came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("signals", sa.Column("message", sa.Text))

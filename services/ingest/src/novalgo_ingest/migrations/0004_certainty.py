"""Whether an alert can be told from an equal one for certain."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("signals", sa.Column("is_unique", sa.Boolean))

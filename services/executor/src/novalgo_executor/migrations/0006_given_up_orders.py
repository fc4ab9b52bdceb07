"""Orders that were given up are found without reading all that ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    given_up = sa.text("given_up_at IS NOT NULL")
    op.create_index(
        "orders_given_up",
        "orders",
        ["given_up_at"],
        sqlite_where=given_up,
        postgresql_where=given_up,
    )

"""An index that finds what a newer change of its row has overtaken."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("changes_by_row", "changes", ["symbol", "timeframe", "at", "position"])

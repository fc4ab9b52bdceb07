"""Where alerts came from, and the heartbeats of charts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name in ("channel", "address", "secret"):
        op.add_column("signals", sa.Column(name, sa.Text))
    op.create_index("signals_of_book", "signals", ["symbol", "timeframe", "sequence"])
    op.create_table(
        "heartbeats",
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("timeframe", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, primary_key=True),
    )

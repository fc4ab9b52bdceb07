"""What the owner is to be told, over which channels, and how far that has come."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("folder", sa.Text),
        sa.Column("except_channel", sa.Text),
        sa.Column("done_at", sa.Text),
    )
    op.create_index("notices_waiting", "notices", ["done_at", "at"])
    op.create_table(
        "troubles",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("told_at", sa.Text, nullable=False),
        sa.Column("held_back", sa.Integer, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folder", sa.Text),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("arrived", sa.Boolean, nullable=False),
    )
    op.create_index("deliveries_waiting", "deliveries", ["channel", "ended_at", "next_at"])
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )

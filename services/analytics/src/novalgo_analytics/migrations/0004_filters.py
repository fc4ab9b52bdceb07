"""Indexes for the page's lists: each filter finds its newest signals without reading the others."""

from alembic import op

revision = "0004"
down_revision = "0003"

FILTERS = ("symbol", "timeframe", "action", "ending", "reason")


def upgrade() -> None:
    op.drop_index("signals_by_time", "signals")
    op.create_index("signals_by_time", "signals", ["seen_at", "signal_id"])
    for name in FILTERS:
        op.create_index(f"signals_by_{name}", "signals", [name, "seen_at", "signal_id"])
    op.create_index("signals_by_book", "signals", ["symbol", "timeframe", "seen_at", "signal_id"])
    op.create_index("journal_by_symbol", "journal", ["symbol", "type", "occurred_at"])

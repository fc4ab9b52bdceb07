"""The sheets service's tables."""

import sqlalchemy as sa

from novalgo_common.store import Instant, Outbox

METADATA = sa.MetaData()
OUTBOX = Outbox.define(METADATA)

CONFIG = sa.Table(
    "config",
    METADATA,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("known", sa.Text, nullable=False),
)

EDITS = sa.Table(
    "edits",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sqlite_autoincrement=True,
)

CHANGES = sa.Table(
    "changes",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("is_announced", sa.Boolean, nullable=False),
    sa.Index("changes_by_row", "symbol", "timeframe", "at", "position"),
    sqlite_autoincrement=True,
)

PERFORMANCE = sa.Table(
    "performance",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("is_announced", sa.Boolean, nullable=False),
)

ALARMS = sa.Table(
    "alarms",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("raised_at", Instant, nullable=False),
)

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("signal_id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index("signals_at", "at"),
)

HALTS = sa.Table(
    "halts",
    METADATA,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("timeframe", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("is_in_force", sa.Boolean, nullable=False),
)
"""The newest word on each scope; blank where it has no symbol or timeframe."""

NOTES = sa.Table(
    "notes",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

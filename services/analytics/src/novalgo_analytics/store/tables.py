"""Analytics' tables.

JOURNAL is the truth.  What DERIVED names is made from it alone, each event in one transaction, and
can be made again (rebuild.py).  The others are what analytics still has to do, or has done.
"""

import sqlalchemy as sa

from novalgo_common.store import Exact, Instant, Outbox

METADATA = sa.MetaData()
OUTBOX = Outbox.define(METADATA)

JOURNAL = sa.Table(
    "journal",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("journal_by_type", "type", "occurred_at"),
    sa.Index("journal_by_correlation", "correlation_id"),
    sa.Index("journal_by_symbol", "symbol", "type", "occurred_at"),
)

MOVEMENTS = sa.Table(
    "movements",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("price", Exact, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("order", sa.Text, nullable=False),
    sa.Column("leg", sa.Text),
    sa.Column("is_adoption", sa.Boolean, nullable=False),
    sa.Index("movements_by_symbol", "symbol", "position"),
    sa.Index("movements_by_order", "order"),
)

BUSTS = sa.Table(
    "busts",
    METADATA,
    sa.Column("fill_event_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),
    sa.Column("symbol", sa.Text, nullable=False),
)

SPLITS = sa.Table(
    "splits",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, unique=True),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("splits_by_symbol", "symbol", "position"),
)

SNAPSHOTS = sa.Table(
    "snapshots",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("cash", Exact, nullable=False),
    sa.Column("equity", Exact, nullable=False),
    sa.Column("last_equity", Exact, nullable=False),
    sa.Column("buying_power", Exact, nullable=False),
    sa.Index("snapshots_by_time", "taken_at"),
)

CASH = sa.Table(
    "cash",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amount", Exact, nullable=False),
    sa.Column("symbol", sa.Text),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Index("cash_by_time", "at"),
)

DAYS = sa.Table(
    "days",
    METADATA,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("opening", Exact, nullable=False),
    sa.Column("equity", Exact, nullable=False),
    sa.Column("statements", sa.Integer, nullable=False),
    sa.Column("exposure", Exact, nullable=False),
)

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("signal_id", sa.Text, primary_key=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("alert_at", Instant),
    sa.Column("price", Exact),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index("signals_by_time", "seen_at", "signal_id"),
    *(
        sa.Index(f"signals_by_{name}", name, "seen_at", "signal_id")
        for name in ("symbol", "timeframe", "action", "ending", "reason")
    ),
    sa.Index("signals_by_book", "symbol", "timeframe", "seen_at", "signal_id"),
)

STEPS = sa.Table(
    "steps",
    METADATA,
    sa.Column("signal_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("client_order_id", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("leg", sa.Text, nullable=False),
    sa.Column("side", sa.Text),
    sa.Column("quote_price", Exact),
    sa.Column("submitted_at", Instant),
    sa.Column("status", sa.Text),
    sa.Column("ended_at", Instant),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("orders_by_time", "submitted_at"),
)

PERFORMANCE_REQUESTS = sa.Table(
    "performance_requests",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("correlation_id", sa.Text, nullable=False),
)

NOTICES = sa.Table(
    "notices",
    METADATA,
    sa.Column("notice_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("folder", sa.Text),
    sa.Column("except_channel", sa.Text),
    sa.Column("done_at", Instant),
    sa.Index("notices_waiting", "done_at", "at"),
)

TROUBLES = sa.Table(
    "troubles",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("told_at", Instant, nullable=False),
    sa.Column("held_back", sa.Integer, nullable=False),
)

DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("folder", sa.Text),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("arrived", sa.Boolean, nullable=False),
    sa.Index("deliveries_waiting", "channel", "ended_at", "next_at"),
)

MARKS = sa.Table(
    "marks",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

DERIVED = (MOVEMENTS, BUSTS, SPLITS, SNAPSHOTS, CASH, DAYS, SIGNALS, STEPS, ORDERS)

"""Executor's tables."""

import sqlalchemy as sa

from novalgo_common.store import Exact, Instant, Outbox

METADATA = sa.MetaData()
OUTBOX = Outbox.define(METADATA)

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("signal_id", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("fired_at", Instant, nullable=False),
    sa.Column("price", Exact),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Index("signals_active", "ended_at", "symbol", "sequence"),
)

ORDERS = sa.Table(
    "orders",
    METADATA,
    sa.Column("client_order_id", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, sa.ForeignKey("signals.signal_id"), nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("leg", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("leg_quantity", Exact),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("quantity", Exact),
    sa.Column("notional", Exact),
    sa.Column("position_intent", sa.Text, nullable=False),
    sa.Column("quote_price", Exact),
    sa.Column("sent", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, unique=True),
    sa.Column("filled_quantity", Exact, nullable=False),
    sa.Column("filled_average_price", Exact),
    sa.Column("counted_quantity", Exact, nullable=False),
    sa.Column("realised", Exact, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("missing_since", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("given_up_at", Instant),
    sa.Column("late_settled_at", Instant),
    sa.UniqueConstraint("signal_id", "leg", "part", name="one_order_a_leg"),
    sa.Index("orders_unfinished", "complete", "symbol"),
    sa.Index("orders_created", "created_at"),
    sa.Index(
        "orders_given_up",
        "given_up_at",
        sqlite_where=sa.text("given_up_at IS NOT NULL"),
        postgresql_where=sa.text("given_up_at IS NOT NULL"),
    ),
)

BOOKS = sa.Table(
    "books",
    METADATA,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("timeframe", sa.Text, primary_key=True),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("cost", Exact, nullable=False),
)

EXTERNALS = sa.Table(
    "externals",
    METADATA,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("quantity", Exact, nullable=False),
)

HALTS = sa.Table(
    "halts",
    METADATA,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("timeframe", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
)

REQUESTS = sa.Table(
    "requests",
    METADATA,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("obeyed_at", Instant, nullable=False),
)

FILLS = sa.Table(
    "fills",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("cumulative", Exact, primary_key=True),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("price", Exact, nullable=False),
    sa.Column("filled_at", Instant, nullable=False),
    sa.Column("execution_id", sa.Text),
    sa.Column("undone_by", sa.Text),
)

CORRECTIONS = sa.Table(
    "corrections",
    METADATA,
    sa.Column("undoing_id", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("price", Exact, nullable=False),
    sa.Column("filled_at", Instant, nullable=False),
    sa.Column("undone_by", sa.Text),
)

STATED = sa.Table(
    "stated",
    METADATA,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("quantity", Exact, nullable=False),
    sa.Column("average_price", Exact, nullable=False),
)

NOTES = sa.Table(
    "notes",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

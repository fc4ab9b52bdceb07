"""Ingest's store: signals and their fingerprints, the outbox, the config copy, receipts."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    ConfigChanged,
    Event,
    SignalReceived,
)
from novalgo_common.store import (
    Backlog,
    BulkInsert,
    Database,
    Exact,
    Instant,
    Outbox,
    insert,
    insert_for,
)
from novalgo_common.wire import decode, encode
from novalgo_ingest.alert import Alert, Heartbeat

REPEAT_WINDOW = timedelta(seconds=60)
"""How long an alert without an id or a time counts as the resend of an equal one.  TradingView
sends at most four times within some 30 seconds (facts A3, A8)."""

HEARTBEATS_KEPT = timedelta(days=60)

metadata = sa.MetaData()
outbox = Outbox.define(metadata)
signals = sa.Table(
    "signals",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("signal_id", sa.Text, nullable=False, unique=True),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("alert_at", Instant),
    sa.Column("bar_at", Instant),
    sa.Column("price", Exact),
    sa.Column("comment", sa.Text),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    sa.Column("ending", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("secret", sa.Text),
    sa.Column("message", sa.Text),
    sa.Column("is_unique", sa.Boolean),
    sa.Index("signals_of_book", "symbol", "timeframe", "sequence"),
    sqlite_autoincrement=True,
)
recent = sa.Table(
    "recent",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
heartbeats = sa.Table(
    "heartbeats",
    metadata,
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("timeframe", sa.Text, primary_key=True),
    sa.Column("at", Instant, primary_key=True),
)
config = sa.Table(
    "config",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert, and the id of the signal that it becomes unless it is a resend."""

    alert: Alert
    signal_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """The signal under which an alert is stored: its own, or that of the alert it repeats."""

    signal_id: UUID
    is_duplicate: bool


class Store:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.outbox = Outbox(database, outbox, clock)

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Stored]:
        """Store each alert and its event unless it is a resend; on disk when this returns.

        Of many equal alerts, at once or over restarts, exactly one becomes a signal.
        """

        def work(connection: Connection) -> list[Stored]:
            by_id = {str(arrival.signal_id): arrival for arrival in arrivals}
            claimed = _claim(connection, by_id)
            new = {own: arrival for own, arrival in by_id.items() if own in claimed}
            if new:
                self.outbox.add_all(connection, self._add_signals(connection, new))
            return [
                Stored(arrival.signal_id, is_duplicate=False)
                if own in new
                else Stored(_holder(connection, arrival.alert.fingerprint), is_duplicate=True)
                for own, arrival in by_id.items()
            ]

        return await self._database.write(work)

    def _add_signals(
        self, connection: Connection, arrivals: Mapping[str, Arrival]
    ) -> list[SignalReceived]:
        stored_at = self._clock()
        rows = [
            {
                **_told(arrival.alert),
                **_source(arrival.alert),
                "signal_id": signal_id,
                "received_at": arrival.received_at,
                "stored_at": stored_at,
            }
            for signal_id, arrival in arrivals.items()
        ]
        sequences = _SIGNALS.numbered(connection, rows, "sequence")
        return [
            _event(arrival, sequence, stored_at)
            for arrival, sequence in zip(arrivals.values(), sequences, strict=True)
        ]

    async def beat(self, heartbeat: Heartbeat, at: datetime) -> None:
        """Note that a chart is alive, and forget what was noted long ago."""
        book = {"symbol": heartbeat.symbol, "timeframe": heartbeat.timeframe}

        def work(connection: Connection) -> None:
            noted = insert(connection, heartbeats).values(**book, at=at)
            connection.execute(noted.on_conflict_do_nothing())
            connection.execute(heartbeats.delete().where(heartbeats.c.at < at - HEARTBEATS_KEPT))

        await self._database.write(work)

    async def seen(self, symbol: str, timeframe: str, limit: int) -> list[datetime]:
        """Return when the book's newest alerts and heartbeats came, oldest first."""
        columns = ((signals, signals.c.received_at), (heartbeats, heartbeats.c.at))
        queries = [
            sa.select(at)
            .where(table.c.symbol == symbol, table.c.timeframe == timeframe)
            .order_by(at.desc())
            .limit(limit)
            for table, at in columns
        ]
        found = await self._database.read(
            lambda connection: [at for query in queries for at in connection.scalars(query)]
        )
        return sorted(found)[-limit:]

    async def repeated_by(self, alert: Alert, now: datetime) -> UUID | None:
        """Return the signal of which the alert would be a resend, if it came now."""
        query = sa.select(recent).where(recent.c.fingerprint == alert.fingerprint)
        held = await self._database.read(lambda c: c.execute(query).one_or_none())
        if held is None or (not alert.is_unique and held.at < now - REPEAT_WINDOW):
            return None
        return UUID(held.signal_id)

    async def publish(self, event: Event) -> None:
        """Put an event into the outbox."""
        await self._database.write(lambda connection: self.outbox.add(connection, event))

    async def backlog(self) -> Backlog:
        return await self.outbox.backlog()

    async def keep_config(self, event: ConfigChanged) -> None:
        def work(connection: Connection) -> None:
            kept = insert(connection, config).values(only=1, body=encode(event).decode())
            connection.execute(
                kept.on_conflict_do_update(
                    index_elements=["only"], set_={"body": kept.excluded.body}
                )
            )

        await self._database.write(work)

    async def kept_config(self) -> ConfigChanged | None:
        body = await self._database.read(
            lambda connection: connection.scalar(sa.select(config.c.body))
        )
        if body is None:
            return None
        event = decode(body.encode())
        assert isinstance(event, ConfigChanged)
        return event


_SIGNALS = BulkInsert(
    signals,
    (
        *("signal_id", "action", "symbol", "timeframe", "alert_at", "bar_at", "price", "comment"),
        *("channel", "address", "secret", "message", "is_unique", "received_at", "stored_at"),
    ),
)
_CLAIMS_FOR_GOOD = BulkInsert(
    recent, ("fingerprint", "signal_id", "at"), "ON CONFLICT (fingerprint) DO NOTHING"
)


def _told(alert: Alert) -> dict[str, object]:
    return {
        "action": alert.action,
        "symbol": alert.symbol,
        "timeframe": alert.timeframe,
        "alert_at": alert.alert_at,
        "bar_at": alert.bar_at,
        "price": alert.price,
        "comment": alert.comment,
    }


def _source(alert: Alert) -> dict[str, object]:
    source = alert.source
    return {
        "channel": source.channel if source else None,
        "address": source.address if source else None,
        "secret": source.secret if source else None,
        "message": alert.message,
        "is_unique": alert.is_unique,
    }


def _event(arrival: Arrival, sequence: int, stored_at: datetime) -> SignalReceived:
    return SignalReceived.model_validate(
        {
            **_told(arrival.alert),
            "event_id": arrival.signal_id,
            "correlation_id": arrival.signal_id,
            "occurred_at": arrival.received_at,
            "stored_at": stored_at,
            "sequence": sequence,
        }
    )


def _claim(connection: Connection, arrivals: Mapping[str, Arrival]) -> Container[str]:
    """Claim the fingerprints; return which signals got theirs, of those given by their ids."""
    dialect = connection.dialect.name
    claimed: list[str] = []
    # In one order: two ingests on one PostgreSQL would else wait for each other for ever.
    ordered = sorted(arrivals.items(), key=lambda item: item[1].alert.fingerprint)
    unique = [_claim_row(*item) for item in ordered if item[1].alert.is_unique]
    if _CLAIMS_FOR_GOOD.run(connection, unique) == len(unique):
        claimed += [row["signal_id"] for row in unique]
    else:
        claimed += _holders(connection, [row["fingerprint"] for row in unique])
    for signal_id, arrival in ordered:
        if not arrival.alert.is_unique:
            row = {
                **_claim_row(signal_id, arrival),
                "forgotten": arrival.received_at - REPEAT_WINDOW,
            }
            claimed += connection.execute(_claim_for_a_while(dialect), row).scalars()
    return set(claimed)


def _holders(connection: Connection, fingerprints: Sequence[str]) -> Iterable[str]:
    """Return the signals that hold these fingerprints, new ones or older."""
    held = sa.select(recent.c.signal_id).where(recent.c.fingerprint.in_(fingerprints))
    return connection.execute(held).scalars()


def _claim_row(signal_id: str, arrival: Arrival) -> dict[str, Any]:
    return {
        "fingerprint": arrival.alert.fingerprint,
        "signal_id": signal_id,
        "at": arrival.received_at,
    }


@cache
def _claim_for_a_while(dialect: str) -> sa.Executable:
    """Return the statement that takes a fingerprint, from an older alert too, or nothing."""
    claim = insert_for(dialect, recent)
    return claim.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={"signal_id": claim.excluded.signal_id, "at": claim.excluded.at},
        where=recent.c.at < sa.bindparam("forgotten", type_=Instant),
    ).returning(recent.c.signal_id)


def _holder(connection: Connection, fingerprint: str) -> UUID:
    """Return the signal that has claimed a fingerprint."""
    held = sa.select(recent.c.signal_id).where(recent.c.fingerprint == fingerprint)
    return UUID(connection.execute(held).scalar_one())

"""Ingest's store: signals and their fingerprints, the outbox, the config copy, receipts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    ConfigChanged,
    Event,
    SignalReceived,
)
from novalgo_common.store import Backlog, Database, Exact, Instant, Outbox, insert, insert_for
from novalgo_common.wire import decode, encode
from novalgo_ingest.alert import Alert

REPEAT_WINDOW = timedelta(seconds=60)
"""How long an alert without an id or a time counts as the resend of an equal one.  TradingView
sends at most four times within some 30 seconds (facts A3, A8)."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

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
    sqlite_autoincrement=True,
)
recent = sa.Table(
    "recent",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
config = sa.Table(
    "config",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)


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

    async def accept(self, alert: Alert, signal_id: UUID, received_at: datetime) -> Stored:
        """Store the alert and its event unless it is a resend; on disk when this returns.

        Of many equal alerts, at once or over restarts, exactly one becomes a signal.
        """

        def work(connection: Connection) -> Stored:
            first = _first_with(connection, alert, signal_id, received_at)
            if first is not None:
                return Stored(first, is_duplicate=True)
            event = self._add_signal(connection, alert, signal_id, received_at)
            self.outbox.add(connection, event)
            return Stored(signal_id, is_duplicate=False)

        return await self._database.write(work)

    def _add_signal(
        self, connection: Connection, alert: Alert, signal_id: UUID, received_at: datetime
    ) -> SignalReceived:
        told = {
            "action": alert.action,
            "symbol": alert.symbol,
            "timeframe": alert.timeframe,
            "alert_at": alert.alert_at,
            "bar_at": alert.bar_at,
            "price": alert.price,
            "comment": alert.comment,
        }
        row = {"signal_id": str(signal_id), "received_at": received_at, "stored_at": self._clock()}
        sequence = connection.execute(_ADD_SIGNAL, {**told, **row}).scalar_one()
        return SignalReceived.model_validate(
            {
                **told,
                "event_id": signal_id,
                "correlation_id": signal_id,
                "occurred_at": received_at,
                "sequence": sequence,
            }
        )

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


_ADD_SIGNAL = signals.insert().returning(signals.c.sequence)


def _first_with(
    connection: Connection, alert: Alert, signal_id: UUID, now: datetime
) -> UUID | None:
    """Claim the fingerprint and return None, or return the signal that holds it."""
    claim = {
        "fingerprint": alert.fingerprint,
        "signal_id": str(signal_id),
        "at": now,
        "forgotten": _BEGINNING if alert.is_unique else now - REPEAT_WINDOW,
    }
    statement = _claim(connection.dialect.name)
    if connection.execute(statement, claim).scalar_one_or_none() is not None:
        return None
    held = sa.select(recent.c.signal_id).where(recent.c.fingerprint == alert.fingerprint)
    return UUID(connection.execute(held).scalar_one())


@cache
def _claim(dialect: str) -> sa.Executable:
    """Return the statement that takes a fingerprint, from an older alert too, or nothing."""
    claim = insert_for(dialect, recent)
    return claim.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={"signal_id": claim.excluded.signal_id, "at": claim.excluded.at},
        where=recent.c.at < sa.bindparam("forgotten", type_=Instant),
    ).returning(recent.c.signal_id)

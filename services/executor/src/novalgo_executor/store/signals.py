"""The stored signals and their endings."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import Action, Ending, SignalEnded, SignalReceived, derived_id
from novalgo_common.store import Outbox, insert_for
from novalgo_executor.facts import ZERO, Signal
from novalgo_executor.steps import OUTDATED, End
from novalgo_executor.store import alarms
from novalgo_executor.store.tables import BOOKS, SIGNALS


def add(connection: Connection, event: SignalReceived, now: datetime) -> bool:
    """Store a signal; return whether it is new."""
    done = connection.execute(
        _adding(connection.dialect.name),
        {
            "signal_id": str(event.event_id),
            "sequence": event.sequence,
            "symbol": event.symbol,
            "timeframe": event.timeframe,
            "action": event.action,
            "fired_at": event.alert_at or event.occurred_at,
            "price": event.price,
            "stored_at": now,
        },
    )
    return done.rowcount == 1


FIRST_CLOSING = 2_000_000_000
"""Sequences from here on are a person's closings, which no alert can outrank."""


def add_closing(
    connection: Connection, symbol: str, timeframe: str, cause: UUID, now: datetime
) -> UUID:
    """Add a signal that closes a book and ranks above every alert; return its id."""
    signal_id = derived_id(cause, f"close.{symbol}.{timeframe}")
    query = sa.select(sa.func.max(SIGNALS.c.sequence)).where(SIGNALS.c.sequence >= FIRST_CLOSING)
    last = connection.execute(query).scalar()
    connection.execute(
        SIGNALS.insert().values(
            signal_id=str(signal_id),
            sequence=last + 1 if last is not None else FIRST_CLOSING,
            symbol=symbol,
            timeframe=timeframe,
            action=Action.CLOSE,
            fired_at=now,
            stored_at=now,
        )
    )
    return signal_id


def active_books(connection: Connection) -> list[tuple[str, str]]:
    """Return the books that have signals without an ending, as (symbol, timeframe)."""
    query = sa.select(SIGNALS.c.symbol, SIGNALS.c.timeframe).where(SIGNALS.c.ended_at.is_(None))
    return [(row.symbol, row.timeframe) for row in connection.execute(query.distinct())]


def active(connection: Connection, symbol: str) -> list[Signal]:
    """Return the symbol's signals that have no ending yet, oldest first."""
    return [_signal(row) for row in connection.execute(_ACTIVE, {"symbol": symbol})]


def stuck(connection: Connection, before: datetime) -> list[Signal]:
    """Return the signals that were stored before a time and have no ending."""
    query = sa.select(SIGNALS).where(SIGNALS.c.ended_at.is_(None), SIGNALS.c.stored_at < before)
    return [_signal(row) for row in connection.execute(query)]


def symbols(connection: Connection) -> Sequence[str]:
    """Return the symbols that have signals without an ending."""
    return connection.execute(_SYMBOLS).scalars().all()


def started(connection: Connection, signal_id: UUID, now: datetime) -> None:
    connection.execute(_STARTING, {"of": str(signal_id), "decided_at": now})


def end(connection: Connection, outbox: Outbox, signal: Signal, ending: End, now: datetime) -> None:
    """Give a signal its one ending; a second one is ignored."""
    done = connection.execute(
        _ENDING,
        {
            "of": str(signal.signal_id),
            "ended_at": now,
            "ending": ending.ending,
            "reason": ending.reason,
            "detail": ending.detail,
        },
    )
    if done.rowcount == 1:
        outbox.add(
            connection,
            SignalEnded(
                event_id=derived_id(signal.signal_id, "signal.ended"),
                correlation_id=signal.signal_id,
                occurred_at=now,
                action=signal.action,
                symbol=signal.symbol,
                timeframe=signal.timeframe,
                ending=ending.ending,
                reason=ending.reason,
                detail=ending.detail,
                held=held(connection, signal.symbol, signal.timeframe),
            ),
        )
        if ending.ending is Ending.DEAD:
            _tell_death(connection, outbox, signal, ending.detail, now)


def _tell_death(
    connection: Connection, outbox: Outbox, signal: Signal, detail: str, now: datetime
) -> None:
    alarms.add(
        connection,
        outbox,
        derived_id(signal.signal_id, "alarm.dead"),
        code="signal_dead",
        message=f"{signal.action} {signal.symbol} {signal.timeframe} was laid aside: {detail}",
        symbol=signal.symbol,
        now=now,
    )


def supersede(connection: Connection, outbox: Outbox, symbol: str, now: datetime) -> list[Signal]:
    """End the signals that have not started and whose book has a newer one; return them."""
    newest: dict[str, int] = {}
    waiting = active(connection, symbol)
    for signal in waiting:
        newest[signal.timeframe] = max(signal.sequence, newest.get(signal.timeframe, 0))
    outdated = [
        signal
        for signal in waiting
        if not signal.decided and signal.sequence < newest[signal.timeframe]
    ]
    for signal in outdated:
        end(connection, outbox, signal, OUTDATED, now)
    return outdated


def held(connection: Connection, symbol: str, timeframe: str) -> Decimal:
    """Return the signed shares in a book."""
    book = {"symbol": symbol, "timeframe": timeframe}
    return connection.execute(_HELD, book).scalar() or ZERO


def _signal(row: sa.Row[tuple[object, ...]]) -> Signal:
    return Signal(
        signal_id=UUID(row.signal_id),
        sequence=row.sequence,
        action=Action(row.action),
        symbol=row.symbol,
        timeframe=row.timeframe,
        fired_at=row.fired_at,
        price=row.price,
        decided=row.decided_at is not None,
    )


# Building a statement takes longer than SQLite needs to run it.

_ACTIVE = (
    sa.select(SIGNALS)
    .where(SIGNALS.c.ended_at.is_(None), SIGNALS.c.symbol == sa.bindparam("symbol"))
    .order_by(SIGNALS.c.sequence)
)
_SYMBOLS = sa.select(SIGNALS.c.symbol).where(SIGNALS.c.ended_at.is_(None)).distinct()
_STARTING = SIGNALS.update().where(
    SIGNALS.c.signal_id == sa.bindparam("of"), SIGNALS.c.decided_at.is_(None)
)
_ENDING = SIGNALS.update().where(
    SIGNALS.c.signal_id == sa.bindparam("of"), SIGNALS.c.ended_at.is_(None)
)
_HELD = sa.select(BOOKS.c.quantity).where(
    BOOKS.c.symbol == sa.bindparam("symbol"), BOOKS.c.timeframe == sa.bindparam("timeframe")
)


@cache
def _adding(dialect: str) -> sa.Executable:
    return insert_for(dialect, SIGNALS).on_conflict_do_nothing(index_elements=["signal_id"])

"""What the page looks up: signals by filters, one signal's events, and the newest of a kind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.facts import EquityPoint, SignalSeen
from novalgo_analytics.store.signals import signal_of
from novalgo_analytics.store.tables import JOURNAL, SIGNALS, SNAPSHOTS
from novalgo_common.events import (
    Action,
    AlarmRaised,
    ConfigChanged,
    Ending,
    Event,
    StatusWritten,
    TradingHalted,
    TradingResumed,
    type_of,
)
from novalgo_common.wire import decode

EventT = TypeVar("EventT", bound=Event)

STATUSES_SEEN = 50
"""How many of a symbol's newest statuses are looked through for those of its books."""
MINUTE = 16
"""How many characters of a stored time name its minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFilter:
    """None, or nothing, lets everything through."""

    symbol: str | None = None
    timeframe: str | None = None
    action: Action | None = None
    ending: Ending | None = None
    under_way: bool = False
    """Only those without an ending."""
    reason: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Of a signal in the list: what comes after it is older."""

    seen_at: datetime
    signal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What the overview shows beside the figures."""

    signals: Sequence[SignalSeen]
    counts: Mapping[tuple[Ending | None, str | None], int]
    halts: Sequence[TradingHalted]
    alarms: Sequence[AlarmRaised]
    config: ConfigChanged | None
    written_at: datetime | None
    """When the sheet was last written to."""
    equity: Sequence[EquityPoint]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the journal as it lies there."""

    position: int
    type: str
    body: str


def lately(connection: Connection, start: datetime, signal_limit: int, alarm_limit: int) -> Lately:
    """Return the newest signals and alarms, and what came from `start` on."""
    written = newest(connection, StatusWritten, 1)
    return Lately(
        signals=signals(connection, SignalFilter(), None, signal_limit),
        counts=counts(connection, start),
        halts=halts(connection),
        alarms=newest(connection, AlarmRaised, alarm_limit),
        config=config(connection),
        written_at=written[0].occurred_at if written else None,
        equity=equity_by_minute(connection, start),
    )


def signals(
    connection: Connection, wanted: SignalFilter, before: Place | None, limit: int
) -> Sequence[SignalSeen]:
    """Return signals, newest first, those that come after `before` in the list."""
    query = SIGNALS.select().where(*_conditions(wanted))
    if before is not None:
        place = sa.tuple_(SIGNALS.c.seen_at, SIGNALS.c.signal_id)
        query = query.where(place < sa.tuple_(*_place(before)))
    newest_first = (SIGNALS.c.seen_at.desc(), SIGNALS.c.signal_id.desc())
    rows = connection.execute(query.order_by(*newest_first).limit(limit)).all()
    return [signal_of(row) for row in rows]


def newest_of_book(connection: Connection, symbol: str, timeframe: str) -> SignalSeen | None:
    book = {"of_symbol": symbol, "of_timeframe": timeframe}
    row = connection.execute(_NEWEST_OF_BOOK, book).one_or_none()
    return signal_of(row) if row is not None else None


# Built once: it is asked of each row of the sheet.
_NEWEST_OF_BOOK = (
    SIGNALS.select()
    .where(
        SIGNALS.c.symbol == sa.bindparam("of_symbol"),
        SIGNALS.c.timeframe == sa.bindparam("of_timeframe"),
    )
    .order_by(SIGNALS.c.seen_at.desc(), SIGNALS.c.signal_id.desc())
    .limit(1)
)


def counts(connection: Connection, start: datetime) -> dict[tuple[Ending | None, str | None], int]:
    """Return how many signals from `start` on ended how and why."""
    kinds = (SIGNALS.c.ending, SIGNALS.c.reason)
    query = sa.select(*kinds, sa.func.count().label("signals")).where(SIGNALS.c.seen_at >= start)
    return {
        (Ending(row.ending) if row.ending else None, row.reason): row.signals
        for row in connection.execute(query.group_by(*kinds)).all()
    }


def books(connection: Connection) -> Sequence[tuple[str, str]]:
    """Return every (symbol, timeframe) that a signal ever came for."""
    query = sa.select(SIGNALS.c.symbol, SIGNALS.c.timeframe).distinct()
    return [(row.symbol, row.timeframe) for row in connection.execute(query).all()]


def of_signal(connection: Connection, signal_id: UUID) -> Sequence[tuple[int, Event]]:
    """Return the events that a signal caused, with their positions, as they were journaled."""
    query = (
        sa.select(JOURNAL.c.position, JOURNAL.c.body)
        .where(JOURNAL.c.correlation_id == str(signal_id))
        .order_by(JOURNAL.c.position)
    )
    return [(row.position, decode(row.body.encode())) for row in connection.execute(query).all()]


def entries(connection: Connection, after: int, limit: int) -> Sequence[Entry]:
    """Return the next entries of the journal after the position `after`."""
    query = (
        sa.select(JOURNAL.c.position, JOURNAL.c.type, JOURNAL.c.body)
        .where(JOURNAL.c.position > after)
        .order_by(JOURNAL.c.position)
        .limit(limit)
    )
    return [Entry(row.position, row.type, row.body) for row in connection.execute(query).all()]


def newest_position(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.max(JOURNAL.c.position))).scalar() or 0


def newest(connection: Connection, kind: type[EventT], limit: int) -> Sequence[EventT]:
    """Return the newest events of a kind, newest first."""
    query = (
        sa.select(JOURNAL.c.body)
        .where(JOURNAL.c.type == type_of(kind))
        .order_by(JOURNAL.c.occurred_at.desc(), JOURNAL.c.position.desc())
        .limit(limit)
    )
    found = (decode(row.body.encode()) for row in connection.execute(query).all())
    return [event for event in found if isinstance(event, kind)]


def config(connection: Connection) -> ConfigChanged | None:
    """Return the config in force, as sheets last published it."""
    return next(iter(newest(connection, ConfigChanged, 1)), None)


def halts(connection: Connection) -> Sequence[TradingHalted]:
    """Return what is halted, the oldest first."""
    kinds = [type_of(TradingHalted), type_of(TradingResumed)]
    query = sa.select(JOURNAL.c.body).where(JOURNAL.c.type.in_(kinds)).order_by(JOURNAL.c.position)
    standing: dict[tuple[str | None, str | None], TradingHalted] = {}
    for row in connection.execute(query).all():
        event = decode(row.body.encode())
        if isinstance(event, TradingHalted):
            standing.setdefault((event.symbol, event.timeframe), event)
        elif isinstance(event, TradingResumed):
            standing.pop((event.symbol, event.timeframe), None)
    return list(standing.values())


def statuses(
    connection: Connection, symbol: str, timeframes: Collection[str]
) -> dict[str, StatusWritten]:
    """Return what the sheet says of these books of a symbol, by timeframe."""
    found: dict[str, StatusWritten] = {}
    for row in connection.execute(_STATUSES, {"of_symbol": symbol}):
        if all(timeframe in found for timeframe in timeframes):
            break
        event = decode(row.body.encode())
        assert isinstance(event, StatusWritten)
        found.setdefault(event.timeframe, event)
    return found


_STATUSES = (
    sa.select(JOURNAL.c.body)
    .where(JOURNAL.c.type == type_of(StatusWritten), JOURNAL.c.symbol == sa.bindparam("of_symbol"))
    .order_by(JOURNAL.c.occurred_at.desc())
    .limit(STATUSES_SEEN)
)


def equity_by_minute(connection: Connection, start: datetime) -> Sequence[EquityPoint]:
    """Return the equity from `start` on, oldest first: the last statement of each minute."""
    minute = sa.func.substr(sa.cast(SNAPSHOTS.c.taken_at, sa.Text), 1, MINUTE)
    last = (
        sa.select(sa.func.max(SNAPSHOTS.c.taken_at))
        .where(SNAPSHOTS.c.taken_at >= start)
        .group_by(minute)
    )
    query = (
        sa.select(SNAPSHOTS.c.taken_at, SNAPSHOTS.c.equity)
        .where(SNAPSHOTS.c.taken_at.in_(last))
        .order_by(SNAPSHOTS.c.taken_at)
    )
    return [EquityPoint(at=row.taken_at, equity=row.equity) for row in connection.execute(query)]


def _conditions(wanted: SignalFilter) -> list[sa.ColumnElement[bool]]:
    columns: dict[str, Any] = {
        "symbol": wanted.symbol,
        "timeframe": wanted.timeframe,
        "action": wanted.action.value if wanted.action else None,
        "ending": wanted.ending.value if wanted.ending else None,
        "reason": wanted.reason,
    }
    found = [SIGNALS.c[name] == value for name, value in columns.items() if value is not None]
    if wanted.under_way:
        found.append(SIGNALS.c.ending.is_(None))
    if wanted.start is not None:
        found.append(SIGNALS.c.seen_at >= wanted.start)
    if wanted.end is not None:
        found.append(SIGNALS.c.seen_at < wanted.end)
    return found


def _place(before: Place) -> tuple[sa.BindParameter[Any], sa.BindParameter[Any]]:
    return (
        sa.bindparam("seen_before", before.seen_at, type_=SIGNALS.c.seen_at.type),
        sa.bindparam("id_before", str(before.signal_id)),
    )

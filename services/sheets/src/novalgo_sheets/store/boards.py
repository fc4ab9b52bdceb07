"""The stored part of what the further tabs show."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import (
    ConfigEdit,
    SignalEnded,
    SignalReceived,
    TradingHalted,
    TradingResumed,
)
from novalgo_common.store import insert
from novalgo_sheets.boards import Boards, EditLine, HaltLine, SignalLine
from novalgo_sheets.status import reason_of
from novalgo_sheets.store.tables import EDITS, HALTS, SIGNALS

MOST = 200
"""Signals and edits that a tab shows."""
_PRUNE_AT = 2 * MOST


def read(connection: Connection) -> Boards:
    signals = sa.select(SIGNALS).order_by(SIGNALS.c.at.desc(), SIGNALS.c.signal_id).limit(MOST)
    edits = sa.select(EDITS).order_by(EDITS.c.position.desc()).limit(MOST)
    halts = sa.select(HALTS).where(HALTS.c.is_in_force).order_by(HALTS.c.since)
    return Boards(
        signals=[_signal(row) for row in connection.execute(signals).mappings()],
        halts=[_halt(row) for row in connection.execute(halts).mappings()],
        edits=[_edit(row) for row in connection.execute(edits).mappings()],
    )


def add_signal(connection: Connection, event: SignalReceived) -> None:
    """Remember a signal; what is known of its ending already stays."""
    row = {
        "signal_id": str(event.event_id),
        "at": event.occurred_at,
        "action": event.action.value,
        "symbol": event.symbol,
        "timeframe": event.timeframe,
    }
    statement = insert(connection, SIGNALS).values(**row, reason="")
    connection.execute(
        statement.on_conflict_do_update(index_elements=["signal_id"], set_={"at": row["at"]})
    )
    _prune(connection)


def end_signal(connection: Connection, event: SignalEnded) -> None:
    """Remember a signal's ending, though the signal itself has not been heard of."""
    ending = {
        "ending": event.ending.value,
        "reason": reason_of(event),
        "ended_at": event.occurred_at,
    }
    statement = insert(connection, SIGNALS).values(
        signal_id=str(event.correlation_id),
        at=event.occurred_at,
        action=event.action.value,
        symbol=event.symbol,
        timeframe=event.timeframe,
        **ending,
    )
    connection.execute(statement.on_conflict_do_update(index_elements=["signal_id"], set_=ending))


def note_halt(connection: Connection, event: TradingHalted | TradingResumed) -> None:
    """Remember the newest word on a scope; an older one that comes late changes nothing."""
    is_in_force = isinstance(event, TradingHalted)
    row = {
        "reason": event.reason if isinstance(event, TradingHalted) else "",
        "since": event.occurred_at,
        "is_in_force": is_in_force,
    }
    statement = insert(connection, HALTS).values(
        symbol=event.symbol or "", timeframe=event.timeframe or "", **row
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["symbol", "timeframe"],
            set_=row,
            where=HALTS.c.since <= statement.excluded.since,
        )
    )


def add_edits(
    connection: Connection, edits: Sequence[ConfigEdit], version: int, at: datetime
) -> None:
    if edits:
        rows = [{**edit.model_dump(), "version": version, "at": at} for edit in edits]
        connection.execute(EDITS.insert(), rows)


def _prune(connection: Connection) -> None:
    count = connection.scalar(sa.select(sa.func.count()).select_from(SIGNALS)) or 0
    if count > _PRUNE_AT:
        kept = sa.select(SIGNALS.c.signal_id).order_by(SIGNALS.c.at.desc()).limit(MOST)
        connection.execute(SIGNALS.delete().where(SIGNALS.c.signal_id.not_in(kept)))


def _signal(row: sa.RowMapping) -> SignalLine:
    return SignalLine(**{name: row[name] for name in SignalLine.__dataclass_fields__})


def _halt(row: sa.RowMapping) -> HaltLine:
    scope = " ".join(part for part in (row["symbol"], row["timeframe"]) if part) or "all"
    return HaltLine(scope=scope, reason=row["reason"], since=row["since"])


def _edit(row: sa.RowMapping) -> EditLine:
    return EditLine(
        at=row["at"],
        version=row["version"],
        edit=ConfigEdit(**{name: row[name] for name in ConfigEdit.model_fields}),
    )

"""Signals as analytics sees them: what they asked for and how they ended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.facts import SignalSeen
from novalgo_analytics.store.statements import change
from novalgo_analytics.store.tables import SIGNALS
from novalgo_common.events import Action, Ending, SignalEnded, SignalReceived


def see(connection: Connection, event: SignalReceived | SignalEnded) -> None:
    """Take in one of the two.  Either may come first: two services publish them."""
    seen: dict[str, Any] = {
        "action": event.action.value,
        "symbol": event.symbol,
        "timeframe": event.timeframe,
        "seen_at": event.occurred_at,
        "detail": "",
    }
    if isinstance(event, SignalEnded):
        changed: dict[str, Any] = {
            "ending": event.ending.value,
            "reason": event.reason.value if event.reason else None,
            "detail": event.detail,
            "ended_at": event.occurred_at,
        }
    else:
        changed = {
            "seen_at": event.occurred_at,
            "alert_at": event.alert_at,
            "price": event.price,
        }
    connection.execute(
        change(connection.dialect.name, SIGNALS, "signal_id", tuple(changed)),
        {"signal_id": str(event.correlation_id), **seen, **changed},
    )


def newest(connection: Connection, limit: int) -> Sequence[SignalSeen]:
    query = SIGNALS.select().order_by(SIGNALS.c.seen_at.desc()).limit(limit)
    return [signal_of(row) for row in connection.execute(query).all()]


def by_ending(connection: Connection) -> dict[Ending | None, int]:
    """Return how many signals ended how; None counts those that have not."""
    query = sa.select(SIGNALS.c.ending, sa.func.count().label("signals"))
    rows = connection.execute(query.group_by(SIGNALS.c.ending)).all()
    return {Ending(row.ending) if row.ending else None: row.signals for row in rows}


def signal_of(row: Any) -> SignalSeen:
    return SignalSeen(
        signal_id=UUID(row.signal_id),
        action=Action(row.action),
        symbol=row.symbol,
        timeframe=row.timeframe,
        seen_at=row.seen_at,
        ending=Ending(row.ending) if row.ending else None,
        reason=row.reason,
        detail=row.detail,
        ended_at=row.ended_at,
    )

"""The halts, and what has been opened lately."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import Leg, TradingHalted, TradingResumed, derived_id
from novalgo_common.store import Outbox, insert
from novalgo_executor.facts import ZERO
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.limits import Usage
from novalgo_executor.store.tables import HALTS, ORDERS

MINUTE = timedelta(minutes=1)


def add(connection: Connection, outbox: Outbox, halt: Halt, cause: UUID) -> None:
    """Halt; a scope that is halted already stays as it is."""
    scope = halt.scope
    done = connection.execute(
        insert(connection, HALTS)
        .values(
            symbol=scope.symbol or "",
            timeframe=scope.timeframe or "",
            reason=halt.reason,
            since=halt.since,
        )
        .on_conflict_do_nothing(index_elements=["symbol", "timeframe"])
    )
    if done.rowcount == 1:
        outbox.add(
            connection,
            TradingHalted(
                event_id=derived_id(cause, "trading.halted"),
                correlation_id=cause,
                occurred_at=halt.since,
                symbol=scope.symbol,
                timeframe=scope.timeframe,
                reason=halt.reason,
            ),
        )


def remove(
    connection: Connection, outbox: Outbox, scope: Scope, cause: UUID, now: datetime
) -> bool:
    """Lift the halt of exactly this scope; return whether there was one."""
    done = connection.execute(
        HALTS.delete().where(
            HALTS.c.symbol == (scope.symbol or ""), HALTS.c.timeframe == (scope.timeframe or "")
        )
    )
    if done.rowcount == 0:
        return False
    outbox.add(
        connection,
        TradingResumed(
            event_id=derived_id(cause, "trading.resumed"),
            correlation_id=cause,
            occurred_at=now,
            symbol=scope.symbol,
            timeframe=scope.timeframe,
        ),
    )
    return True


def all_of_them(connection: Connection) -> list[Halt]:
    return [
        Halt(Scope(row.symbol or None, row.timeframe or None), row.reason, row.since)
        for row in connection.execute(_ALL)
    ]


def usage(connection: Connection, exposure: Decimal, since: datetime, now: datetime) -> Usage:
    """Return how much of the limits is used: `exposure` as of `since`, and what opened after."""
    rows = connection.execute(_OPENED, {"after": min(since, now - MINUTE)}).all()
    opened = sum(
        (
            row.notional
            or row.leg_quantity * (row.quote_price or ZERO)  # a leg's first part has it
            for row in rows
            if row.created_at > since
        ),
        ZERO,
    )
    return Usage(
        orders_last_minute=sum(row.created_at > now - MINUTE for row in rows),
        gross_exposure=exposure + opened,
    )


_ALL = sa.select(HALTS).order_by(HALTS.c.since)
_OPENED = sa.select(
    ORDERS.c.created_at, ORDERS.c.leg_quantity, ORDERS.c.notional, ORDERS.c.quote_price
).where(ORDERS.c.leg == Leg.OPEN, ORDERS.c.created_at > sa.bindparam("after"))

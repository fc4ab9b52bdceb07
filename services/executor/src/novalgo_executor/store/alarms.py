"""Alarms that are committed with the change that they tell of: no crash comes between."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.engine import Connection

from novalgo_common.events import AlarmRaised
from novalgo_common.store import Outbox


def add(
    connection: Connection,
    outbox: Outbox,
    event_id: UUID,
    *,
    code: str,
    message: str,
    symbol: str | None = None,
    now: datetime,
) -> None:
    """Raise an alarm; one with the same id is told once for ever."""
    outbox.add(
        connection,
        AlarmRaised(
            event_id=event_id,
            correlation_id=event_id,
            occurred_at=now,
            service="executor",
            code=code,
            message=message,
            symbol=symbol,
        ),
    )

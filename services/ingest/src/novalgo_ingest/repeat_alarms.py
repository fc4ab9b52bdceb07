"""Tells the owner, once for each row, that nobody can tell its alerts from their resends."""

import asyncio
from datetime import datetime
from uuid import UUID, uuid5

import structlog

from novalgo_common.errors import UnavailableError
from novalgo_common.events import AlarmRaised
from novalgo_ingest.alert import Alert
from novalgo_ingest.store import Store

log = structlog.get_logger()

COMMIT_WITHIN = 1.0
_ALARMS = UUID("0c0f2d6e-93a1-4f0b-8a57-51d1a1a5b2c4")


class RepeatAlarms:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: set[tuple[str, str]] = set()

    async def look_at(self, alert: Alert, now: datetime) -> None:
        """Raise an alarm where the alert has neither an id nor a time; never fails."""
        book = (alert.symbol, alert.timeframe)
        if alert.is_unique or book in self._told:
            return
        self._told.add(book)
        # Always the same id: over restarts and several ingests it is told once, too.
        alarm_id = uuid5(_ALARMS, "\n".join(book))
        alarm = AlarmRaised(
            event_id=alarm_id,
            correlation_id=alarm_id,
            occurred_at=now,
            service="ingest",
            code="alert_without_time",
            message=f"The alerts of {' '.join(book)} carry neither an id nor a time, so that two "
            "equal ones within a minute count as one. Add {{timenow}} to their message.",
            symbol=alert.symbol,
        )
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await self._store.publish(alarm)
        except (TimeoutError, UnavailableError):
            log.error("alarm.not_stored", code=alarm.code)

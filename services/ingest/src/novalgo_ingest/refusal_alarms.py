"""Tells the owner when one of their own alerts was refused: TradingView does not."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from novalgo_common.errors import UnavailableError
from novalgo_common.events import AlarmRaised
from novalgo_ingest.alert import Refusal
from novalgo_ingest.store import Store

log = structlog.get_logger()

QUIET = timedelta(hours=1)
"""How long the same fault is not told again: a wrong message comes with every bar."""
COMMIT_WITHIN = 1.0


class RefusalAlarms:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[str, datetime] = {}

    async def tell(self, refusal: Refusal, now: datetime) -> None:
        """Raise an alarm, unless this fault was told within the hour; never fails."""
        told = self._told.get(refusal.error)
        if told is not None and now - told < QUIET:
            return
        self._told[refusal.error] = now
        alarm_id = uuid4()
        alarm = AlarmRaised(
            event_id=alarm_id,
            correlation_id=alarm_id,
            occurred_at=now,
            service="ingest",
            code="alert_refused",
            message=f"An alert with a right secret was refused ({refusal.error}): "
            "correct its message in TradingView.",
        )
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await self._store.publish(alarm)
        except (TimeoutError, UnavailableError):
            log.error("alarm.not_stored", code=alarm.code)

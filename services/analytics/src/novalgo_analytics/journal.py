"""Handles every event of the bus: writes it into the journal, once."""

from dataclasses import dataclass

import structlog

from novalgo_analytics.metrics import Metrics
from novalgo_analytics.store import Store
from novalgo_common.events import AlarmRaised, Event

log = structlog.get_logger()


@dataclass(frozen=True)
class Journal:
    store: Store
    metrics: Metrics

    async def __call__(self, event: Event) -> None:
        if not await self.store.record(event):
            return
        self.metrics.journaled.labels(event.type).inc()
        if isinstance(event, AlarmRaised):
            self.metrics.alarms.labels(event.code).inc()
            log.warning(
                "alarm.raised",
                service=event.service,
                code=event.code,
                message=event.message,
                symbol=event.symbol,
            )

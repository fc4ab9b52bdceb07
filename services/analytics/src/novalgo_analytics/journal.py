"""Handles every event of the bus: writes it into the journal, once."""

from dataclasses import dataclass, field

import structlog

from novalgo_analytics.metrics import Metrics
from novalgo_analytics.stages import Stages
from novalgo_analytics.store import Store
from novalgo_common.events import AlarmRaised, Event

log = structlog.get_logger()


@dataclass(frozen=True)
class Journal:
    store: Store
    metrics: Metrics
    stages: Stages = field(default_factory=Stages)

    async def __call__(self, event: Event) -> None:
        if not await self.store.record(event):
            return
        self.metrics.count(event)
        if (reached := self.stages.reached(event)) is not None:
            self.metrics.reached(*reached)
        if isinstance(event, AlarmRaised):
            log.warning(
                "alarm.raised",
                service=event.service,
                code=event.code,
                message=event.message,
                symbol=event.symbol,
            )

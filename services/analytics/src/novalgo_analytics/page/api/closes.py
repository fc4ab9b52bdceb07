"""The benchmark's closes: asked of executor beside the page, which waits for them only a moment."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fastapi import HTTPException

from novalgo_analytics.page.api.trades import bars_of
from novalgo_analytics.page.sources import Sources
from novalgo_common.exchange_days import day_of, midnight

KEPT = timedelta(minutes=15)
"""The benchmark has one close a day."""
AGAIN = timedelta(seconds=15)
"""Until executor is asked again after it gave none."""
A_MOMENT = 0.3
"""Seconds that a page waits; what comes later is there for the next one."""
BEFORE = timedelta(days=7)


@dataclass
class Closes:
    sources: Sources
    version: int = 0
    """Another one, other closes."""
    _known: Mapping[date, float] = field(default_factory=dict)
    _first: date = date.max
    _due_at: datetime | None = None
    _asking: "asyncio.Task[None] | None" = None

    async def since(self, first: date) -> Mapping[date, float]:
        """Return the closes by day, from some days before `first` on; none while none are known."""
        if self._asking is None and self._is_due(first):
            self._asking = asyncio.create_task(self._ask(first))
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=A_MOMENT)
        return self._known

    def _is_due(self, first: date) -> bool:
        return self._due_at is None or self.sources.clock() >= self._due_at or first < self._first

    async def _ask(self, first: date) -> None:
        now, start = self.sources.clock(), midnight(first) - BEFORE
        self._due_at, self._first = now + AGAIN, first
        try:
            with suppress(HTTPException):
                bars = await bars_of(self.sources, self.sources.benchmark, "1 Day", start, now)
                self._known = {day_of(bar.start): float(bar.close) for bar in bars}
                self._due_at = now + KEPT
                self.version += 1
        finally:
            self._asking = None

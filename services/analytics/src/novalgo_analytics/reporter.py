"""Publishes the Performance rows: at fixed times, and at once when somebody asks."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.facts import PerformanceRequest
from novalgo_analytics.metrics import Metrics
from novalgo_analytics.performance import performance_rows
from novalgo_analytics.store import Store
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import PerformanceRow, PerformanceUpdated, derived_id

INTERVAL = timedelta(minutes=5)
RETRY = 1.0
BREATH = 0.2
"""Seconds between two looks: what is committed meanwhile is looked at together."""
TIMETABLE = UUID("6f1d3a52-9a0e-5c41-8a5d-0c5b6c1f7e21")
"""The cause of the updates that nobody asked for."""

log = structlog.get_logger()


@dataclass
class Reporter:
    store: Store
    bookkeeper: Bookkeeper
    metrics: Metrics
    clock: Clock
    interval: timedelta = INTERVAL
    _published: datetime | None = None
    """The time in the timetable that was served last."""
    _awake: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Look at the store now: something was committed."""
        self._awake.set()

    async def run(self) -> None:
        """Report for ever.  A store that is away is tried again."""
        while True:
            self._awake.clear()
            try:
                await self.report()
            except UnavailableError as error:
                log.warning("performance.not_published", error=str(error))
                await asyncio.sleep(RETRY)
            else:
                await asyncio.sleep(BREATH)
                await self._rest()

    async def report(self) -> None:
        """Answer the requests that wait, and publish the rows when it is time to."""
        await self._show_figures()
        now = self.clock()
        slot = now - (now - datetime.min.replace(tzinfo=UTC)) % self.interval
        requests = await self.store.open_requests()
        if not requests and slot == self._published:
            return
        rows = performance_rows(await self.bookkeeper.ledgers(), now)
        updates = [_answer(request, rows, now) for request in requests]
        if slot != self._published:
            updates.append(_timely(slot, rows, now))
        await self.store.publish(updates, requests)
        self._published = slot

    async def _show_figures(self) -> None:
        ledgers = await self.bookkeeper.ledgers()
        realised = sum((ledger.account.realised for ledger in ledgers.values()), NONE)
        self.metrics.realised.set(float(realised))
        snapshot = await self.store.newest_snapshot()
        if snapshot is not None:
            self.metrics.stated(snapshot)

    async def _rest(self) -> None:
        assert self._published is not None
        left = self._published + self.interval - self.clock()
        try:
            async with asyncio.timeout(max(0.0, left.total_seconds())):
                await self._awake.wait()
        except TimeoutError:
            pass


def _answer(
    request: PerformanceRequest, rows: tuple[PerformanceRow, ...], now: datetime
) -> PerformanceUpdated:
    return PerformanceUpdated(
        event_id=derived_id(request.event_id, "performance.updated"),
        occurred_at=now,
        correlation_id=request.correlation_id,
        rows=rows,
    )


def _timely(slot: datetime, rows: tuple[PerformanceRow, ...], now: datetime) -> PerformanceUpdated:
    event_id = derived_id(TIMETABLE, slot.isoformat())
    return PerformanceUpdated(
        event_id=event_id, occurred_at=now, correlation_id=event_id, rows=rows
    )

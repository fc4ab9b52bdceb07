"""How well signals are carried out: how fast, at which price, and which are not."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from novalgo_analytics.execution.endings import Endings
from novalgo_analytics.execution.slippage import Slippage as Slipped
from novalgo_analytics.execution.slippage import Slippages
from novalgo_analytics.execution.way import Delays, Milestone, Way
from novalgo_analytics.facts import OrderDone
from novalgo_analytics.page.api.words import Amount, Body
from novalgo_analytics.page.budgets import budgets
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_common.events import Ending

SECONDS = 5.0


class Delay(Body):
    """How long one stretch takes, in seconds."""

    start: Milestone
    end: Milestone
    count: int
    median: float
    p95: float
    p99: float
    worst: float
    worst_signal: str


class Slippage(Body):
    """Positive is a loss."""

    reference: str
    orders: int
    dollars: Amount
    basis_points: float
    median: float
    p95: float
    worst_order: str
    worst: float


class EndingCount(Body):
    ending: Ending | None
    reason: str | None
    signals: int


class Budget(Body):
    """Requests that may still be made within this minute."""

    name: str
    left: int
    of: int


class Execution(Body):
    start: datetime
    signals: int
    orders: int
    busiest_minute: int
    """The most orders that left within one minute."""
    delays: list[Delay]
    slippage: list[Slippage]
    endings: list[EndingCount]
    budgets: list[Budget]


def execution_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["execution"])
    kept: Kept[Execution] = Kept(SECONDS)

    @router.get("/execution")
    async def execution(
        days: Annotated[int, Query(ge=1, le=365, description="How far to look back")] = 1,
    ) -> Execution:
        """Made at most every five seconds."""
        return await kept.get(lambda: _execution(sources, days), days)

    return router


class _Seen:
    """What is counted while the signals and orders pass: no more of them is kept."""

    def __init__(self) -> None:
        self.delays, self.endings, self.slippages = Delays(), Endings(), Slippages()
        self.signals = self.orders = 0
        self.by_minute = Counter[datetime]()

    def signal(self, way: Way) -> None:
        self.signals += 1
        self.delays.add(way)
        self.endings.add(way)

    def order(self, order: OrderDone) -> None:
        self.orders += 1
        self.slippages.add(order)
        self.by_minute[order.submitted_at.replace(second=0, microsecond=0)] += 1


async def _execution(sources: Sources, days: int) -> Execution:
    now = sources.clock()
    start = now - timedelta(days=days)
    seen = _Seen()
    await sources.store.each_way(start, now, seen.signal)
    await sources.store.each_order(start, now, seen.order)
    left = await budgets(sources.neighbours.addresses)
    return Execution(
        start=start,
        signals=seen.signals,
        orders=seen.orders,
        busiest_minute=max(seen.by_minute.values(), default=0),
        delays=[Delay.model_validate(each) for each in seen.delays.found()],
        slippage=[_slippage(each) for each in seen.slippages.found()],
        endings=[EndingCount.model_validate(each) for each in seen.endings.found()],
        budgets=[Budget.model_validate(each) for each in left],
    )


def _slippage(slipped: Slipped) -> Slippage:
    return Slippage(
        reference=slipped.reference,
        orders=slipped.orders,
        dollars=slipped.dollars,
        basis_points=slipped.basis_points,
        median=slipped.median,
        p95=slipped.p95,
        worst_order=slipped.worst.order.client_order_id,
        worst=slipped.worst.basis_points,
    )

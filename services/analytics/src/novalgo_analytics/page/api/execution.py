"""How well signals are carried out: how fast, at which price, and which are not."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from novalgo_analytics.execution.endings import endings
from novalgo_analytics.execution.slippage import Slippage as Slipped
from novalgo_analytics.execution.slippage import against_alert, against_quote
from novalgo_analytics.execution.way import Milestone, delays
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


async def _execution(sources: Sources, days: int) -> Execution:
    start = sources.clock() - timedelta(days=days)
    ways = await sources.store.ways_since(start)
    orders = await sources.store.orders_since(start)
    minutes: dict[datetime, int] = {}
    for order in orders:
        minute = order.submitted_at.replace(second=0, microsecond=0)
        minutes[minute] = minutes.get(minute, 0) + 1
    left = await budgets(sources.neighbours.addresses)
    slips = (against_alert(orders), against_quote(orders))
    return Execution(
        start=start,
        signals=len(ways),
        orders=len(orders),
        busiest_minute=max(minutes.values(), default=0),
        delays=[Delay.model_validate(each) for each in delays(ways)],
        slippage=[_slippage(each) for each in slips if each is not None],
        endings=[EndingCount.model_validate(each) for each in endings(ways)],
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

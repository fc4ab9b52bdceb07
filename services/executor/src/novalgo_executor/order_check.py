"""Our orders against the broker's, whatever news of them came or did not."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from novalgo_common.events import OrderStatus
from novalgo_executor.ages import Ages
from novalgo_executor.broker import Broker
from novalgo_executor.facts import Order, time_since
from novalgo_executor.order_poll import OrderPoll
from novalgo_executor.reconcile import is_given_up
from novalgo_executor.store import Store

log = structlog.get_logger()

LONGEST_REQUEST = timedelta(seconds=15)
"""A request is given up after 13 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCheck:
    """Raises `UnavailableError` where the store or the broker is away."""

    store: Store
    broker: Broker
    poll: OrderPoll
    ages: Ages

    async def check(self) -> None:
        """Take in what became of the orders that have not ended, and settle those of the past."""
        await self._update()
        for order in await self.store.late_orders():
            await self._settle(order)

    async def _update(self) -> None:
        unfinished = [order for order in await self.store.unfinished_orders() if order.sent]
        asked = [order for order in unfinished if not self._is_given_up(order)]
        answers = await asyncio.gather(*(self.poll.find(order) for order in asked))
        for order, found in zip(asked, answers, strict=True):
            if found is not None:
                await self.store.apply(found)
            elif order.missing_since is None and not self._may_be_on_its_way(order):
                await self.poll.miss(order)

    def _may_be_on_its_way(self, order: Order) -> bool:
        """Return whether only who sends an order can say yet that it is missing."""
        age = time_since(order.created_at, self.ages.clock())
        return order.order_id is None and age < LONGEST_REQUEST

    async def _settle(self, order: Order) -> None:
        """Cancel what is left of an order that turned up too late, and say what becomes of it."""
        if order.counted_quantity < order.filled_quantity:
            await self.poll.settle_fills(order)  # by its id, however its fills are dated
        if order.status is OrderStatus.OPEN and order.order_id is not None:
            await self.broker.cancel(order.order_id)
        elif self._is_given_up(order):
            await self.store.lose(order)  # it turned up, and is gone again
        elif await self.store.settle_late(order):
            log.warning("order.late", client_order_id=order.request.client_order_id)

    def _is_given_up(self, order: Order) -> bool:
        return is_given_up(order, self.ages.of_denial(order))

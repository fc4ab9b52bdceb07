"""Asks the broker what became of orders: one request for all who ask at the same moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from novalgo_executor.ages import Ages
from novalgo_executor.broker import Broker, BrokerFill, BrokerOrder
from novalgo_executor.facts import Order
from novalgo_executor.shared import Shared
from novalgo_executor.store import Store

OVERLAP = timedelta(minutes=5)
"""How far back things are asked for again: Alpaca lists them by when it recorded them."""

A_MOMENT = timedelta(seconds=5)
"""How much earlier than its order a fill may be dated; each page more is a request more."""
GATHER = 0.25
"""Seconds that a question waits for others like it: the stream has been waited for longer."""


@dataclass(frozen=True, slots=True)
class OrderPoll:
    """Raises `UnavailableError` where the store or the broker is away."""

    store: Store
    broker: Broker
    ages: Ages
    grace: timedelta
    """How long the broker may lack an order of its own that it has just ended."""
    _orders: Shared[datetime, Mapping[str, BrokerOrder]] = field(init=False)
    _fills: Shared[datetime, Sequence[BrokerFill]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_orders", Shared(self._ask_orders, gather=GATHER))
        object.__setattr__(self, "_fills", Shared(self._ask_fills, gather=GATHER))

    async def find(self, order: Order) -> BrokerOrder | None:
        """Return an order that has been at the broker as it is now; None where it is denied."""
        name = order.request.client_order_id
        listed = await self._orders.get(order.created_at)
        # A list can lack a fresh order: only the question for the very order can deny it.
        return listed.get(name) or await self.broker.find(name)

    async def miss(self, order: Order) -> None:
        """Remember that the broker denies an order from now on."""
        name, now = order.request.client_order_id, self.ages.clock()
        await self.store.mark_missing(name, now)
        self.ages.of(name, now)

    async def settle_fills(self, order: Order) -> bool:
        """Count an order's fills, or lose it with them; return whether that is done."""
        if not await self._count_fills(order):
            if not await self._is_lost(order):
                return False
            await self.store.lose(order)
        self.ages.forget(order.order_id)
        return True

    async def _count_fills(self, order: Order) -> bool:
        """Count an order's fills; return whether all are there that it is known to have."""
        assert order.order_id is not None
        listed = await self._fills.get(order.created_at)
        if await self._count(order, listed):
            return True
        # Dated by a clock that was set meanwhile, or listed late.
        return await self._count(order, await self.broker.fills_of(order.order_id))

    async def _is_lost(self, order: Order) -> bool:
        """Return whether an order is gone with its fills, as after a reset of the account."""
        if order.ended_at is None or order.order_id is None:
            return False
        if self.ages.of(order.order_id, order.ended_at) < self.grace:
            return False  # a fresh order cannot always be read at once
        return await self.broker.order(order.order_id) is None

    async def close(self) -> None:
        """Ask nothing any more."""
        await self._orders.close()
        await self._fills.close()

    async def _count(self, order: Order, listed: Sequence[BrokerFill]) -> bool:
        own = [fill for fill in listed if fill.order_id == order.order_id]
        for fill in own:
            await self.store.count_fill(fill)
        return sum((fill.quantity for fill in own), Decimal(0)) >= order.filled_quantity

    async def _ask_orders(self, created: Sequence[datetime]) -> Mapping[str, BrokerOrder]:
        found = await self.broker.orders(min(created) - OVERLAP)
        return {order.client_order_id: order for order in found}

    async def _ask_fills(self, created: Sequence[datetime]) -> Sequence[BrokerFill]:
        return await self.broker.fills(min(created) - A_MOMENT)

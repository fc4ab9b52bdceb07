"""One request serves all who ask what became of their orders at the same moment."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest

from novalgo_common.events import OrderStatus, Side
from novalgo_executor.ages import Ages
from novalgo_executor.broker import Broker, BrokerFill, BrokerOrder
from novalgo_executor.facts import Order
from novalgo_executor.order_poll import OrderPoll
from novalgo_executor.store import Store
from tests.builders import NOON, SYMBOL
from tests.unit.executor.builders import an_order

pytestmark = pytest.mark.anyio


@dataclass
class FilledBroker:
    """Has filled 25 shares for each order, at noon by its own clock."""

    orders_made: Sequence[Order]
    unlisted: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def orders(self, after: datetime) -> Sequence[BrokerOrder]:
        self.asked.append("orders")
        await asyncio.sleep(0)
        names = {order.order_id or "" for order in self.orders_made} - self.unlisted
        return [_stated(name) for name in sorted(names)]

    async def find(self, client_order_id: str) -> BrokerOrder | None:
        self.asked.append(f"order {client_order_id}")
        return _stated(client_order_id)

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        self.asked.append("fills")
        await asyncio.sleep(0)
        return [_fill(order.order_id or "") for order in self.orders_made] if after < NOON else []

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        self.asked.append(f"fills of {order_id}")
        return [_fill(order_id)]


@dataclass
class CountingStore:
    counted: list[str] = field(default_factory=list)
    lost: list[Order] = field(default_factory=list)

    async def lose(self, order: Order) -> None:
        self.lost.append(order)

    async def count_fill(self, fill: BrokerFill) -> bool:
        self.counted.append(fill.order_id)
        return True


class EmptiedBroker(FilledBroker):
    """Was reset: it knows neither order nor fill any more."""

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        return []

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        return []

    async def order(self, order_id: str) -> BrokerOrder | None:
        self.asked.append(f"order {order_id}")
        return None


def _stated(name: str) -> BrokerOrder:
    return BrokerOrder(
        order_id=name,
        client_order_id=name,
        symbol=SYMBOL,
        side=Side.BUY,
        status=OrderStatus.FILLED,
        filled_quantity=Decimal(25),
        filled_average_price=Decimal(100),
    )


def _fill(order_id: str) -> BrokerFill:
    return BrokerFill(
        order_id=order_id,
        symbol=SYMBOL,
        side=Side.BUY,
        quantity=Decimal(25),
        cumulative=Decimal(25),
        price=Decimal(100),
        filled_at=NOON,
    )


def orders(count: int) -> list[Order]:
    made = [an_order(order_id=f"order-{number}") for number in range(count)]
    return [_named(order) for order in made]


def _named(order: Order) -> Order:
    request = replace(order.request, client_order_id=order.order_id or "")
    return replace(order, request=request)


def polling(
    broker: FilledBroker,
    store: CountingStore | None = None,
    elapsed: Callable[[], float] = lambda: 0.0,
) -> OrderPoll:
    kept, ages = cast(Store, store or CountingStore()), Ages(lambda: NOON, elapsed)
    return OrderPoll(kept, cast(Broker, broker), ages, timedelta(seconds=15))


async def test_a_hundred_orders_cost_two_requests_for_their_fills() -> None:
    made = orders(100)
    broker, store = FilledBroker(made), CountingStore()
    poll = polling(broker, store)

    assert all(await asyncio.gather(*(poll.settle_fills(order) for order in made)))

    assert len(broker.asked) <= 2
    assert set(store.counted) == {order.order_id for order in made}


async def test_a_hundred_orders_are_looked_up_with_two_requests() -> None:
    made = orders(100)
    broker = FilledBroker(made)
    poll = polling(broker)

    found = await asyncio.gather(*(poll.find(order) for order in made))

    assert [each.client_order_id for each in found if each] == [
        order.request.client_order_id for order in made
    ]
    assert len(broker.asked) <= 2


async def test_an_order_that_the_list_lacks_is_asked_for_by_its_own_id() -> None:
    made = orders(2)
    broker = FilledBroker(made, unlisted=frozenset({"order-1"}))

    found = await polling(broker).find(made[1])

    assert found is not None
    assert broker.asked == ["orders", "order order-1"]


async def test_the_fills_of_an_order_are_found_though_our_clock_was_an_hour_ahead() -> None:
    [order] = orders(1)
    late = an_order(order_id=order.order_id, created_at=NOON + timedelta(hours=1))
    broker = FilledBroker([order])

    assert await polling(broker).settle_fills(late)

    assert broker.asked == ["fills", "fills of order-0"]


async def test_an_order_that_went_with_its_fills_is_lost_once_it_is_no_fresh_one() -> None:
    [filled] = orders(1)
    filled = replace(filled, ended_at=NOON, filled_quantity=Decimal(25))
    seconds = iter([0.0, 14.0, 15.0])
    broker, store = EmptiedBroker([]), CountingStore()
    poll = polling(broker, store, elapsed=lambda: next(seconds))

    first, second = await poll.settle_fills(filled), await poll.settle_fills(filled)

    assert (first, second) == (False, True)
    assert (store.lost, broker.asked) == ([filled], ["order order-0"])

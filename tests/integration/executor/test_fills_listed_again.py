"""Alpaca lists the last minutes' fills at every comparison: only what is new is worked on."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import Side
from novalgo_common.store import Database
from novalgo_executor.broker import BrokerFill
from novalgo_executor.settings import Settings
from novalgo_executor.store import Store
from tests.builders import NOON, SYMBOL

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    settings = Settings.model_validate({"data_dir": tmp_path})
    async with Database.open(settings, "executor") as database:
        yield Store(database, lambda: NOON)


def a_fill(order_id: str, quantity: int, cumulative: int) -> BrokerFill:
    return BrokerFill(
        order_id=order_id,
        symbol=SYMBOL,
        side=Side.BUY,
        quantity=Decimal(quantity),
        cumulative=Decimal(cumulative),
        price=Decimal(200),
        filled_at=NOON,
    )


async def test_what_is_counted_or_covered_is_left_out(store: Store) -> None:
    counted, another_part = a_fill("by-hand", 5, 5), a_fill("by-hand", 3, 8)
    await store.count_foreign_fill(counted)

    listed = [counted, a_fill("by-hand", 2, 4), another_part, a_fill("another", 5, 5)]

    assert await store.uncounted(listed) == [another_part, a_fill("another", 5, 5)]


async def test_as_many_orders_as_five_minutes_have_are_looked_through(store: Store) -> None:
    listed = [a_fill(f"order-{number}", 1, 1) for number in range(1_200)]
    for fill in (listed[0], listed[-1]):
        await store.count_foreign_fill(fill)

    assert await store.uncounted(listed) == listed[1:-1]

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.movement import Movement
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.errors import UnavailableError
from novalgo_common.store import Database
from tests.builders import NOON, SYMBOL, a_fill

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


class Failing(Store):
    """A store that is away for the next questions for MSFT's history, `failures` of them."""

    failures = 0

    async def movements_of(self, symbol: str, *, until: int) -> Sequence[Movement]:
        if symbol == "MSFT" and self.failures:
            self.failures -= 1
            raise UnavailableError("the store cannot be read")
        return await super().movements_of(symbol, until=until)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(Settings(data_dir=tmp_path), "analytics") as database:
        yield database


async def held(bookkeeper: Bookkeeper, symbol: str = SYMBOL) -> Decimal:
    return (await bookkeeper.ledgers())[symbol].account.quantity


async def test_a_movement_is_applied_once_however_often_one_looks(database: Database) -> None:
    store = Store(database, lambda: NOON)
    bookkeeper = Bookkeeper(store)
    await store.record(a_fill(quantity=Decimal(25)))

    assert await held(bookkeeper) == 25
    assert await held(bookkeeper) == 25

    await store.record(a_fill(quantity=Decimal(5), filled_at=NOON + MINUTE))
    assert await held(bookkeeper) == 30


async def test_a_late_fill_changes_which_shares_were_sold(database: Database) -> None:
    store = Store(database, lambda: NOON)
    bookkeeper = Bookkeeper(store)
    await store.record(a_fill(quantity=Decimal(1), price=Decimal(100)))
    sale = a_fill(side="sell", quantity=Decimal(1), price=Decimal(110), filled_at=NOON + MINUTE)
    await store.record(sale)
    assert (await bookkeeper.ledgers())[SYMBOL].account.realised == 10

    earlier = NOON - MINUTE
    await store.record(a_fill(quantity=Decimal(1), price=Decimal(90), filled_at=earlier))

    assert (await bookkeeper.ledgers())[SYMBOL].account.realised == 20


async def test_a_store_that_fails_meanwhile_makes_nothing_count_twice(
    database: Database,
) -> None:
    store = Failing(database, lambda: NOON)
    bookkeeper = Bookkeeper(store)
    await store.record(a_fill(quantity=Decimal(25)))
    assert await held(bookkeeper) == 25
    store.failures = 1
    await store.record(a_fill(quantity=Decimal(5), filled_at=NOON + MINUTE))
    await store.record(a_fill(quantity=Decimal(7), symbol="MSFT"))

    with pytest.raises(UnavailableError):
        await bookkeeper.ledgers()

    assert await held(bookkeeper) == 30
    assert await held(bookkeeper, "MSFT") == 7

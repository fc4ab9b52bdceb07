from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_analytics.accounting.movement import Step
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.errors import UnavailableError
from novalgo_common.store import Database
from tests.builders import NOON, SECOND, SYMBOL, a_bust, a_fill, a_split

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


class Failing(Store):
    """A store that is away for the next questions for MSFT's history, `failures` of them."""

    failures = 0

    async def steps_of(self, symbol: str, *, until: int | None = None) -> Sequence[Step]:
        if symbol == "MSFT" and self.failures:
            self.failures -= 1
            raise UnavailableError("the store cannot be read")
        return await super().steps_of(symbol, until=until)


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


async def test_a_busted_fill_never_happened_whichever_of_the_two_comes_first(
    database: Database,
) -> None:
    store = Store(database, lambda: NOON)
    bookkeeper = Bookkeeper(store)
    first = a_fill(quantity=Decimal(1), price=Decimal(90))
    second = a_fill(quantity=Decimal(1), price=Decimal(100), filled_at=NOON + MINUTE)
    sale = a_fill(side="sell", quantity=Decimal(1), price=Decimal(110), filled_at=NOON + 2 * MINUTE)
    late = a_fill(quantity=Decimal(9), symbol="MSFT")
    for fill in (first, second, sale):
        await store.record(fill)
    assert (await bookkeeper.ledgers())[SYMBOL].account.realised == 20

    await store.record(a_bust(first))
    await store.record(a_bust(late))
    await bookkeeper.ledgers()
    await store.record(late)

    ledgers = await bookkeeper.ledgers()
    assert ledgers[SYMBOL].account.realised == 10
    assert ledgers[SYMBOL].account.quantity == 0
    assert ledgers["MSFT"].account.quantity == 0


async def test_a_split_is_applied_where_it_belongs_in_time(database: Database) -> None:
    store = Store(database, lambda: NOON)
    bookkeeper = Bookkeeper(store)
    sale = a_fill(side="sell", quantity=Decimal(100), price=Decimal(60), filled_at=NOON + MINUTE)
    await store.record(sale)
    await bookkeeper.ledgers()
    await store.record(a_split(occurred_at=NOON + SECOND))
    await bookkeeper.ledgers()

    await store.record(a_fill(quantity=Decimal(25), price=Decimal(200)))

    account = (await bookkeeper.ledgers())[SYMBOL].account
    assert account.quantity == 0
    assert account.realised == 100 * 60 - 25 * 200

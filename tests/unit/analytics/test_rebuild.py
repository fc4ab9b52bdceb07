"""What is kept event by event is what the journal says, byte for byte, whatever the order."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.rebuilder import Rebuilder
from novalgo_analytics.store import Store
from novalgo_analytics.store.tables import MOVEMENTS
from novalgo_common.events import Event, Side
from novalgo_common.store import Database
from tests.builders import (
    NOON,
    SECOND,
    a_bust,
    a_cash_movement,
    a_fill,
    a_position_adopted,
    a_split,
    an_account_snapshot,
)
from tests.stores import stored_in
from tests.unit.analytics.test_execution import a_story
from tests.unit.analytics.test_store import one_of_each

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(stored_in(tmp_path), "analytics") as database:
        yield database


@pytest.fixture
def rebuilder(database: Database) -> Rebuilder:
    store = Store(database, lambda: NOON)
    return Rebuilder(store, Bookkeeper(store))


def a_busy_day(chance: random.Random) -> list[Event]:
    """Return fills, some undone, an adoption, a split and statements, repeated and shuffled."""
    fills = [
        a_fill(
            side=chance.choice(list(Side)),
            quantity=Decimal(chance.randint(1, 10**9)) / 10**9,
            price=Decimal(chance.randint(1, 10**6)) / 10**4,
            filled_at=NOON + number * SECOND,
            client_order_id=f"order-{number // 2}",
            timeframe=chance.choice(["15 Min", "1 Hour", None]),
        )
        for number in range(30)
    ]
    statements = [
        an_account_snapshot(occurred_at=NOON + timedelta(hours=40 * number)) for number in range(8)
    ]
    rest = [
        a_bust(fills[3]),
        a_bust(fills[17]),
        a_position_adopted(),
        a_split(),
        a_cash_movement(),
        *a_story(),
    ]
    arriving = [
        event
        for event in [*fills, *statements, *rest, *one_of_each()]
        for _ in range(chance.randint(1, 3))
    ]
    chance.shuffle(arriving)
    return arriving


def silent(_done: int, _all: int) -> None:
    pass


@pytest.mark.parametrize("seed", range(3))
async def test_the_rebuilt_equals_what_was_kept(rebuilder: Rebuilder, seed: int) -> None:
    for event in a_busy_day(random.Random(seed)):  # noqa: S311 - repeatable
        await rebuilder.store.record(event)
        await rebuilder.bookkeeper.ledgers()

    found = await rebuilder.compare(silent)

    assert found.first == ()
    assert found.different == 0
    assert found.events > 50
    assert found.rows > 50
    assert found.ledgers == 1


async def test_what_was_altered_is_found_and_made_good(
    rebuilder: Rebuilder, database: Database
) -> None:
    await rebuilder.store.record(a_fill(quantity=Decimal(25)))
    await rebuilder.bookkeeper.ledgers()
    altered = MOVEMENTS.update().values(quantity=Decimal(26))
    await database.write(lambda connection: connection.execute(altered) and None)
    await rebuilder.bookkeeper.forget()

    found = await rebuilder.compare(silent)
    assert [each.table for each in found.first] == ["movements", "ledger of AAPL"]

    await rebuilder.replace(silent)
    assert (await rebuilder.compare(silent)).different == 0
    assert (await rebuilder.bookkeeper.ledgers())["AAPL"].account.quantity == 25


async def test_a_missing_row_is_found(rebuilder: Rebuilder, database: Database) -> None:
    await rebuilder.store.record(an_account_snapshot())
    await database.write(
        lambda connection: connection.execute(sa.text("DELETE FROM days")) and None
    )

    [missing] = (await rebuilder.compare(silent)).first

    assert (missing.table, missing.kept) == ("days", None)


async def test_the_rebuild_tells_how_far_it_is(rebuilder: Rebuilder) -> None:
    await rebuilder.store.record(a_fill())
    told: list[tuple[int, int]] = []

    await rebuilder.compare(lambda done, of: told.append((done, of)))

    assert told[-1] == (1, 1)

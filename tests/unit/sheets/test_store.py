"""What the sheets service forgets: what a newer change of the same row has overtaken."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from novalgo_common.events import RowStatus
from novalgo_common.store import Database
from novalgo_sheets.status import Change
from novalgo_sheets.store import Store
from novalgo_sheets.store.store import FORGET_AFTER
from tests.builders import NOON, SYMBOL, TIMEFRAME
from tests.stores import stored_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]

LONG_AGO = NOON - FORGET_AFTER - timedelta(seconds=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Database.open(stored_in(tmp_path), "sheets") as database:
        yield Store(database, lambda: NOON)


async def keep(store: Store, at: datetime, symbol: str = SYMBOL) -> Change:
    change = Change(
        event_id=uuid4(),
        signal_id=uuid4(),
        key=(symbol, TIMEFRAME),
        at=at,
        status=RowStatus.FILLED,
    )
    await store.keep_change(change)
    [kept] = [each for each in await changes(store) if each.event_id == change.event_id]
    return kept


async def changes(store: Store) -> Sequence[Change]:
    return (await store.kept()).changes


async def left(store: Store) -> set[int]:
    return {change.position for change in await changes(store)}


async def test_of_what_was_told_each_row_s_newest_stays(store: Store) -> None:
    later = await keep(store, NOON)
    earlier = await keep(store, NOON - timedelta(minutes=1))
    another = await keep(store, NOON - timedelta(hours=1), symbol="MSFT")

    await store.announce_changes([later, earlier, another], [])

    assert await left(store) == {later.position, another.position}


async def test_of_two_at_one_moment_the_one_that_came_last_stays(store: Store) -> None:
    first, second = await keep(store, NOON), await keep(store, NOON)

    await store.announce_changes([first, second], [])

    assert await left(store) == {second.position}


async def test_what_was_not_told_stays_until_it_is_long_ago(store: Store) -> None:
    untold = await keep(store, NOON - timedelta(days=1))
    await keep(store, LONG_AGO)
    newest = await keep(store, NOON)

    await store.announce_changes([newest], [])

    assert await left(store) == {untold.position, newest.position}

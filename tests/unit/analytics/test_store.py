from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from novalgo_analytics.accounting.movement import Movement
from novalgo_analytics.store import Store
from novalgo_analytics.store.account import MOST_POINTS
from novalgo_analytics.store.journal import POSITIONS_KEPT, record
from novalgo_analytics.store.tables import JOURNAL, METADATA
from novalgo_common.events import EVENTS, Ending, Event, PerformanceUpdated
from novalgo_common.store import Database
from novalgo_common.topology import ANALYTICS_JOURNAL
from tests import builders
from tests.builders import (
    NOON,
    SECOND,
    a_fill,
    a_performance_requested,
    a_performance_updated,
    a_position_adopted,
    a_signal,
    a_signal_ended,
    an_account_snapshot,
)
from tests.stores import stored_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(stored_in(tmp_path), "analytics") as database:
        yield database


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, lambda: NOON)


def one_of_each() -> list[Event]:
    """Return every kind of event that the journal's queue carries, as the builders make them."""
    made = (make() for name, make in vars(builders).items() if name.startswith(("a_", "an_")))
    return [event for event in made if type(event) in ANALYTICS_JOURNAL.events]


async def test_the_migrations_make_the_tables_that_the_store_uses(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    # Alembic looks at names and columns; that an Exact lies in a Text column is no difference.
    assert await database.read(differences) == []


async def test_every_kind_of_event_is_journaled_once(store: Store, database: Database) -> None:
    events = one_of_each()
    assert {type(event) for event in events} == set(ANALYTICS_JOURNAL.events) <= set(EVENTS)

    first = [await store.record(event) for event in events]
    again = [await store.record(event) for event in events]

    assert all(first)
    assert not any(again)
    count = sa.select(sa.func.count()).select_from(JOURNAL)
    assert await database.read(lambda connection: connection.scalar(count)) == len(events)


async def test_movements_come_back_as_they_went_in(store: Store) -> None:
    fill = a_fill(quantity=Decimal("0.123456789"), price=Decimal("200.1234"), timeframe=None)
    adopted = a_position_adopted(quantity=Decimal(-3))
    for event in (fill, adopted):
        await store.record(event)

    news = await store.news(0)
    first, second = news.steps

    assert isinstance(first, Movement)
    assert isinstance(second, Movement)
    assert (first.quantity, first.price, first.at) == (fill.quantity, fill.price, NOON)
    assert first.timeframe is None
    assert (second.quantity, second.is_adoption) == (Decimal(-3), True)
    assert (await store.news(news.position)).steps == []


@pytest.mark.parametrize("ended_first", [False, True])
async def test_a_signal_and_its_ending_may_come_in_either_order(
    store: Store, ended_first: bool
) -> None:
    signal = a_signal(occurred_at=NOON)
    ended = a_signal_ended(correlation_id=signal.event_id, occurred_at=NOON + SECOND)
    for event in (ended, signal) if ended_first else (signal, ended):
        await store.record(event)

    [seen] = await store.newest_signals(30)

    assert (seen.seen_at, seen.ended_at) == (NOON, NOON + SECOND)
    assert seen.ending is Ending.FILLED
    assert await store.signals_by_ending() == {Ending.FILLED: 1}


async def test_the_newest_snapshot_is_the_one_taken_last(store: Store) -> None:
    newer = an_account_snapshot(occurred_at=NOON + SECOND, cash=Decimal(2))
    for snapshot in (newer, an_account_snapshot(occurred_at=NOON, cash=Decimal(1))):
        await store.record(snapshot)

    assert await store.newest_snapshot() == newer


async def test_old_snapshots_lose_their_positions_and_nothing_else(store: Store) -> None:
    old = an_account_snapshot(occurred_at=NOON, equity=Decimal(1))
    new = an_account_snapshot(occurred_at=NOON + POSITIONS_KEPT + SECOND, equity=Decimal(2))
    for snapshot in (old, new, old):
        await store.record(snapshot)

    journaled = [event for _, event in await store.page(0, None)]
    kept = {"positions": (), "gross_value": Decimal("5025.00")}
    assert journaled == [old.model_copy(update=kept), new]
    assert [point.equity for point in await store.equity_since(NOON)] == [1, 2]


async def test_a_long_equity_line_has_the_last_point_of_each_hour(
    store: Store, database: Database
) -> None:
    def fill(connection: Connection) -> None:
        for number in range(MOST_POINTS + 1):
            record(
                connection,
                an_account_snapshot(
                    occurred_at=NOON + timedelta(minutes=number), equity=Decimal(number)
                ),
            )

    await database.write(fill)

    equity = [point.equity for point in await store.equity_since(NOON)]
    assert equity[:3] == [59, 119, 179]
    assert equity[-1] == MOST_POINTS


async def test_a_request_is_open_until_its_answer_is_in_the_outbox(store: Store) -> None:
    request = a_performance_requested(correlation_id=uuid4())
    await store.record(request)
    [waiting] = await store.open_requests()
    answer: PerformanceUpdated = a_performance_updated(correlation_id=waiting.correlation_id)

    await store.publish([answer], [waiting])

    assert await store.open_requests() == []
    assert [item.event for item in await store.outbox.waiting(10)] == [answer]

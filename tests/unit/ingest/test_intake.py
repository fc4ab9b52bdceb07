"""Alerts that arrive together are stored together, and each learns what became of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from novalgo_common.errors import UnavailableError
from novalgo_common.settings import Settings
from novalgo_common.store import Database
from novalgo_ingest.alert import Alert
from novalgo_ingest.intake import Intake
from novalgo_ingest.store import REPEAT_WINDOW, Arrival, Store
from novalgo_ingest.translate import translate
from tests.builders import NOON, SECOND

pytestmark = pytest.mark.anyio


def an_arrival(identity: str | None = None, *, after: timedelta = 0 * SECOND) -> Arrival:
    fields: dict[str, object] = {"action": "BUY", "symbol": "AAPL", "timeframe": "15"}
    alert = translate({**fields, "id": identity}, NOON)
    assert isinstance(alert, Alert)
    return Arrival(alert, uuid4(), NOON + after)


@asynccontextmanager
async def an_intake(tmp_path: Path) -> AsyncIterator[tuple[Intake, Store, Database]]:
    async with Database.open(Settings(data_dir=tmp_path), "ingest") as database:
        store = Store(database, lambda: NOON)
        yield Intake(store), store, database


async def test_signals_of_one_batch_are_numbered_as_they_came(tmp_path: Path) -> None:
    arrivals = [an_arrival(str(number)) for number in range(300)]

    async with an_intake(tmp_path) as (intake, store, _):
        await asyncio.gather(*map(intake.accept, arrivals))
        waiting = await store.outbox.waiting(1000)

    events = [item.event for item in waiting]
    assert [event.event_id for event in events] == [arrival.signal_id for arrival in arrivals]
    assert [event.sequence for event in events] == list(range(1, 301))  # type: ignore[attr-defined]


async def test_a_burst_that_still_comes_in_is_stored_in_one_commit(tmp_path: Path) -> None:
    commits: list[None] = []

    async with an_intake(tmp_path) as (intake, _, database):
        database.on_commit(lambda: commits.append(None))
        storing = [asyncio.create_task(intake.accept(an_arrival(str(n)))) for n in range(2)]
        for number in range(2, 12):
            await asyncio.sleep(0)
            storing.append(asyncio.create_task(intake.accept(an_arrival(str(number)))))
        await asyncio.gather(*storing)

    assert len(commits) == 1


async def test_a_stream_without_an_end_does_not_keep_the_first_from_being_stored(
    tmp_path: Path,
) -> None:
    async with an_intake(tmp_path) as (intake, _, _):
        storing = [asyncio.create_task(intake.accept(an_arrival(str(n)))) for n in range(2)]
        while not storing[0].done():
            await asyncio.sleep(0)
            storing.append(asyncio.create_task(intake.accept(an_arrival(str(len(storing))))))
        stored = await asyncio.gather(*storing)

    assert not any(each.is_duplicate for each in stored)


@pytest.mark.parametrize("identity", ["1", None], ids=["with an id", "by its body"])
async def test_a_resend_in_the_same_batch_is_the_first_ones(
    tmp_path: Path, identity: str | None
) -> None:
    arrivals = [an_arrival(identity) for _ in range(4)]

    async with an_intake(tmp_path) as (_, store, _):
        first, *others = await store.accept(arrivals)

    assert (first.signal_id, first.is_duplicate) == (arrivals[0].signal_id, False)
    assert {(other.signal_id, other.is_duplicate) for other in others} == {(first.signal_id, True)}


async def test_an_equal_body_counts_again_after_the_window(tmp_path: Path) -> None:
    arrivals = [an_arrival(), an_arrival(after=REPEAT_WINDOW + SECOND)]

    async with an_intake(tmp_path) as (_, store, _):
        stored = await store.accept(arrivals)

    assert [each.is_duplicate for each in stored] == [False, False]


async def test_a_failing_store_fails_every_alert_of_the_batch(tmp_path: Path) -> None:
    async with an_intake(tmp_path) as (intake, _, database):
        await database.write(lambda connection: connection.exec_driver_sql("DROP TABLE outbox"))
        outcomes = await asyncio.gather(
            *(intake.accept(an_arrival(str(number))) for number in range(3)),
            return_exceptions=True,
        )

    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 3

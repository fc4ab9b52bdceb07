"""What the owner is told of a change is committed with it: a crash cannot come between."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import AlarmRaised, Ending
from novalgo_common.store import Database
from novalgo_executor.allocate import Share
from novalgo_executor.settings import Settings
from novalgo_executor.split import Part
from novalgo_executor.steps import End
from novalgo_executor.store import Store
from tests.builders import NOON, SYMBOL, TIMEFRAME, a_signal
from tests.unit.executor.builders import a_stored_signal

pytestmark = pytest.mark.anyio

TEN, TWENTY = Decimal(10), Decimal(20)
Kept = tuple[Store, list[str]]


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    """Yield a store, and the commits that it makes."""
    commits: list[str] = []
    settings = Settings.model_validate({"data_dir": tmp_path})
    async with Database.open(settings, "executor") as database:
        database.on_commit(lambda: commits.append("commit"))
        yield Store(database, lambda: NOON), commits


async def adopt(store: Store) -> None:
    await store.adopt(SYMBOL, [Share(None, TEN)], Decimal(200), seen_at=NOON)


async def split(store: Store) -> None:
    await store.split(SYMBOL, [Part(TIMEFRAME, TEN, TWENTY)])


async def lay_aside(store: Store) -> None:
    await store.end_signal(a_stored_signal(), End(Ending.DEAD, None, "NovAlgo failed on it"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(adopt, "drift", id="an adoption"),
        pytest.param(split, "split", id="a split"),
        pytest.param(lay_aside, "signal_dead", id="a signal that is laid aside"),
    ],
)
async def test_a_change_and_its_alarm_are_one_commit(
    change: Callable[[Store], Awaitable[None]], code: str, kept: Kept
) -> None:
    store, commits = kept
    await store.add_signal(a_signal(event_id=a_stored_signal().signal_id))
    commits.clear()

    await change(store)

    events = [waiting.event for waiting in await store.outbox.waiting(limit=10)]
    assert [event.code for event in events if isinstance(event, AlarmRaised)] == [code]
    assert len(events) == 2
    assert commits == ["commit"]

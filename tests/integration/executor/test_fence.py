"""An executor that may have been replaced lets nothing leave, whatever it was in the middle of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.errors import LostError, UnavailableError
from novalgo_common.events import Action, Ending, Reason, Side
from novalgo_executor.ages import elapsed
from novalgo_executor.alpaca import AlpacaBroker, measured
from novalgo_executor.alpaca.connections import pools
from novalgo_executor.broker import Accepted, NotSent, OrderRequest, PositionIntent
from novalgo_executor.metrics import Metrics
from novalgo_executor.settings import Settings
from novalgo_executor.store import Store
from tests.postgres import end_session_that_writes
from tests.running_executor import running_executor
from tests.simulated_alpaca import serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


REQUEST = OrderRequest(
    client_order_id="nv-made-up",
    symbol="AAPL",
    side=Side.BUY,
    quantity=None,
    notional=Decimal(100),
    position_intent=PositionIntent.BUY_TO_OPEN,
)


@asynccontextmanager
async def a_replaced_executors_broker(tmp_path: Path, alpaca: str) -> AsyncIterator[AlpacaBroker]:
    settings = Settings.model_validate({"data_dir": tmp_path, "alpaca_url": alpaca})
    async with AlpacaBroker.connect(settings, utc_now, elapsed, lambda: False, Metrics()) as broker:
        yield broker


async def test_nothing_leaves_while_another_executor_may_be_trading(
    tmp_path: Path, alpaca: str
) -> None:
    async with a_replaced_executors_broker(tmp_path, alpaca) as broker:
        outcome = await broker.submit(REQUEST)
        with pytest.raises(UnavailableError, match="another executor"):
            await broker.cancel("made-up")

    assert isinstance(outcome, NotSent)
    assert truth(alpaca)["orders_posted"] == 0


async def test_without_the_fence_a_replaced_executors_order_would_leave(
    tmp_path: Path, alpaca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "pools", lambda _: pools(lambda: True))

    async with a_replaced_executors_broker(tmp_path, alpaca) as broker:
        outcome = await broker.submit(REQUEST)

    assert isinstance(outcome, Accepted)
    assert truth(alpaca)["orders_posted"] == 1


async def test_an_order_whose_executor_was_replaced_before_it_left_does_not_leave(
    tmp_path: Path, alpaca: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal_ids: list[UUID] = []

    async def be_replaced() -> None:
        async with running_executor(tmp_path, alpaca, database_url=database_url) as executor:
            _replace_after_the_intent(monkeypatch, database_url)
            signal_ids.append(await executor.send(Action.BUY))
            await until(lambda: False)

    with pytest.raises(LostError):
        await be_replaced()
    monkeypatch.undo()

    async with running_executor(
        tmp_path, alpaca, database_url=database_url, unknown_grace_seconds=2
    ) as successor:
        ended = await successor.ending(signal_ids[0])

    assert (ended.ending, ended.reason) == (Ending.FAILED, Reason.OUTCOME_UNKNOWN)
    assert truth(alpaca)["orders_posted"] == 0


def _replace_after_the_intent(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Let the executor's lock go between an intent's commit and its order, and be noticed."""
    add_intent = Store.add_intent

    async def add_and_lose(store: Store, *arguments: Any, **named: Any) -> bool:
        stored = await add_intent(store, *arguments, **named)
        end_session_that_writes(database_url, "executor")
        await until(lambda: not store._database.is_ours())
        return stored

    monkeypatch.setattr(Store, "add_intent", add_and_lose)

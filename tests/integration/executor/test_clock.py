"""Alpaca dates the fills by its own clock, however ours is set meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.events import AccountSnapshotTaken, FillRecorded
from tests.running_executor import RunningExecutor, running_executor
from tests.set_clock import SetClock
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings
from tests.waiting import until

pytestmark = pytest.mark.anyio

STEP = timedelta(minutes=20)
SHARES = Decimal(7)


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca")) as base:
        yield base


def buy_by_hand(alpaca: str) -> None:
    control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty=str(SHARES))


async def comparison(executor: RunningExecutor) -> None:
    """Wait for a comparison with Alpaca that begins from now on."""
    seen = len(executor.of(AccountSnapshotTaken))
    await until(lambda: len(executor.of(AccountSnapshotTaken)) >= seen + 2)


async def test_a_fill_is_counted_after_our_clock_was_set_ahead(tmp_path: Path, alpaca: str) -> None:
    clock = SetClock(utc_now())
    async with running_executor(tmp_path, alpaca, clock=clock) as executor:
        await comparison(executor)
        clock.set(clock() + STEP)
        await comparison(executor)
        buy_by_hand(alpaca)
        await until(lambda: len(executor.of(FillRecorded)) > 0)

    [fill] = executor.of(FillRecorded)
    assert fill.quantity == SHARES


async def test_a_fill_is_counted_after_our_clock_was_set_back(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca, clock=lambda: utc_now() + STEP) as executor:
        await comparison(executor)
    buy_by_hand(alpaca)
    async with running_executor(tmp_path, alpaca) as executor:
        await until(lambda: len(executor.of(FillRecorded)) > 0)

    [fill] = executor.of(FillRecorded)
    assert fill.quantity == SHARES

"""The account is not the one any more that the books are about."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import (
    AccountSnapshotTaken,
    Action,
    AlarmRaised,
    Ending,
    Reason,
    TradingHalted,
)
from tests.running_executor import RunningExecutor, running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio

RESET = {"actions": [{"do": "reset"}]}


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def compared(executor: RunningExecutor) -> None:
    """Wait until a comparison that began after now has ended."""
    taken = len(executor.of(AccountSnapshotTaken))
    await until(lambda: len(executor.of(AccountSnapshotTaken)) >= taken + 2)


async def test_a_reset_empties_the_books_and_stops_entries_until_a_person_resumes(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        await compared(executor)
        control(alpaca, "faults", **RESET)
        await until(lambda: bool(executor.of(TradingHalted)))
        exit_ = await executor.trade(Action.CLOSE)
        entry = await executor.trade(Action.BUY)
        await executor.order("resume")
        resumed = await executor.trade(Action.BUY)

    [halt] = executor.of(TradingHalted)
    assert halt.reason.startswith("account_reset")
    assert (exit_.reason, exit_.held) == (Reason.ALREADY_FLAT, Decimal(0))
    assert entry.reason is Reason.HALTED
    assert resumed.ending is Ending.FILLED
    assert truth(alpaca)["orders_posted"] == 1


async def test_a_reset_is_told_of_where_all_is_halted_already(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        await compared(executor)
        await executor.order("halt")
        control(alpaca, "faults", **RESET)
        await until(lambda: bool(executor.of(AlarmRaised)))

    assert executor.of(AlarmRaised)[0].code == "account_reset"
    [halt] = executor.of(TradingHalted)
    assert not halt.reason.startswith("account_reset")


async def test_a_reset_while_executor_is_down_is_found_at_the_start(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        await compared(executor)
    control(alpaca, "faults", **RESET)
    async with running_executor(tmp_path, alpaca, sequence=1) as restarted:
        entry = await restarted.trade(Action.SELL)

    assert entry.reason is Reason.HALTED
    assert truth(alpaca)["orders_posted"] == 0


async def test_shares_that_are_gone_while_their_order_is_known_are_no_reset(
    tmp_path: Path, alpaca: str
) -> None:
    control(alpaca, "price", symbol="AAPL", price="100.00")
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        control(alpaca, "faults", requests=[{"fault": "error", "status": 404, "path": "/v2beta1/"}])
        await compared(executor)
        control(alpaca, "bust", symbol="AAPL")
        await until(lambda: bool(executor.of(AlarmRaised)))
        again = await executor.trade(Action.BUY)

    assert [alarm.code for alarm in executor.of(AlarmRaised)] == ["drift"]
    assert again.ending is Ending.FILLED

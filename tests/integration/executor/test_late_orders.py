"""Orders that turn up at Alpaca after executor had given them up."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import (
    Action,
    AlarmRaised,
    Ending,
    FillRecorded,
    Leg,
    Reason,
    SignalEnded,
)
from novalgo_common.order_ids import client_order_id
from tests.running_executor import RunningExecutor, running_executor
from tests.simulated_alpaca import (
    control,
    serving_alpaca,
    simulator_settings,
    trading_client,
    truth,
)
from tests.waiting import until

pytestmark = pytest.mark.anyio

LOST = {"fault": "reset", "method": "POST", "path": "/v2/orders", "times": 1}


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def give_up_a_buy(executor: RunningExecutor, alpaca: str) -> str:
    """Let a BUY's request get lost; return the id that its order will carry when it turns up."""
    control(alpaca, "faults", requests=[LOST])
    signal_id = await executor.send(Action.BUY)
    ended = await executor.ending(signal_id)
    assert ended.reason is Reason.OUTCOME_UNKNOWN
    return client_order_id(signal_id, Leg.OPEN)


def turn_up(alpaca: str, name: str) -> None:
    """Deliver the request that was under way for so long."""
    trading_client(alpaca).post(
        "/orders",
        {
            "symbol": "AAPL",
            "notional": "5000",
            "side": "buy",
            "type": "market",
            "time_in_force": "day",
            "client_order_id": name,
        },
    )


def late(executor: RunningExecutor) -> list[str]:
    return [alarm.message for alarm in executor.of(AlarmRaised) if alarm.code == "late_order"]


async def test_a_late_order_of_a_book_that_has_not_moved_is_counted_into_it(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca, unknown_grace_seconds=1) as executor:
        name = await give_up_a_buy(executor, alpaca)
        turn_up(alpaca, name)
        await until(lambda: bool(late(executor)))
        closed = await executor.trade(Action.CLOSE)

    [message] = late(executor)
    assert "counted into its book" in message
    assert (closed.ending, closed.held) == (Ending.FILLED, Decimal(0))
    assert truth(alpaca)["positions"] == {}


async def test_a_late_order_of_a_book_that_has_moved_on_closes_it(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca, unknown_grace_seconds=1) as executor:
        name = await give_up_a_buy(executor, alpaca)
        await executor.trade(Action.BUY)
        turn_up(alpaca, name)
        await until(lambda: bool(late(executor)))
        await until(lambda: len(executor.of(SignalEnded)) == 3)
        again = await executor.trade(Action.BUY)

    [message] = late(executor)
    assert "is closed" in message
    assert (again.ending, len(executor.of(FillRecorded))) == (Ending.FILLED, 4)


async def test_a_late_order_that_rests_is_cancelled(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca, unknown_grace_seconds=1) as executor:
        name = await give_up_a_buy(executor, alpaca)
        control(alpaca, "faults", halted=["AAPL"])
        turn_up(alpaca, name)
        await until(lambda: bool(late(executor)))

    [message] = late(executor)
    assert "filled nothing" in message
    assert [order["status"] for order in truth(alpaca)["orders"]] == ["canceled"]

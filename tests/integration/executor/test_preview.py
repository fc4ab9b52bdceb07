"""What executor says that it would do, over the real alpaca-py and the simulated Alpaca."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.events import Action, Ending, Leg, PreviewReported, Reason, Side
from tests.builders import a_preview_request
from tests.running_executor import RunningExecutor, running_executor
from tests.simulated_alpaca import serving_alpaca, simulator_settings, truth

pytestmark = pytest.mark.anyio


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def _preview(executor: RunningExecutor, **changes: object) -> PreviewReported:
    request = a_preview_request(**{"alert_at": utc_now()} | changes)
    answer = await executor.bus.request(request, within=10)
    assert isinstance(answer, PreviewReported)
    return answer


async def test_a_preview_tells_the_orders_and_sends_none(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        bought = await executor.trade(Action.BUY)
        reversal = await _preview(executor, action=Action.SELL)
        await executor.trade(Action.CLOSE)
        opening = await _preview(executor, action=Action.BUY)

    [order] = opening.orders
    assert (order.leg, order.side) == (Leg.OPEN, Side.BUY)
    assert order.notional == 5000
    assert [(order.leg, order.side) for order in reversal.orders] == [
        (Leg.CLOSE, Side.SELL),
        (Leg.OPEN, Side.SELL),
    ]
    assert reversal.orders[0].quantity == reversal.held == bought.held
    assert len(truth(alpaca)["orders"]) == 2


async def test_a_preview_tells_what_would_be_declined(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        long = await _preview(executor)
        missing = await _preview(executor, symbol="MSFT")
        await executor.order("halt")
        await executor.trade(Action.CLOSE)
        halted = await _preview(executor)

    assert (long.ending, long.reason) == (Ending.DECLINED, Reason.ALREADY_LONG)
    assert (missing.ending, missing.reason) == (Ending.DECLINED, Reason.ROW_MISSING)
    assert (halted.ending, halted.reason) == (Ending.DECLINED, Reason.HALTED)

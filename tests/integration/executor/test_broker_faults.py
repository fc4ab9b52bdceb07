"""Executor against an Alpaca that fails as a script says: it ends where it should all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from novalgo_common.events import (
    Action,
    AlarmRaised,
    Ending,
    FillRecorded,
    Leg,
    Reason,
    TradingHalted,
)
from novalgo_simulator.broker.order import Order
from novalgo_simulator.faults import Fate, Fault, Late, NoFaults, Script, ScriptedFaults
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, counted, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio


@contextmanager
def alpaca_with(tmp_path: Path, **script: Any) -> Iterator[str]:
    faults = ScriptedFaults(Script.model_validate(script))
    with serving_alpaca(simulator_settings(tmp_path / "alpaca"), faults=faults) as base:
        yield base


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"updates": [{"fault": "missing"}]}, id="no update comes"),
        pytest.param({"updates": [{"fault": "duplicated"}]}, id="every update comes twice"),
        pytest.param({"updates": [{"fault": "reordered"}]}, id="updates come out of order"),
        pytest.param({"updates": [{"fault": "corrupt"}]}, id="updates are cut off"),
        pytest.param({"stream": {"manner": "mute"}}, id="the stream is mute"),
        pytest.param({"stream": {"manner": "dead"}}, id="the stream is dead"),
        pytest.param({"stream": {"manner": "refused"}}, id="the stream is refused"),
        pytest.param({"clock_skew_seconds": -1200}, id="Alpaca's clock is 20 minutes slow"),
        pytest.param({"clock_skew_seconds": 1200}, id="Alpaca's clock is 20 minutes fast"),
        pytest.param(
            {"clock_skew_seconds": -1200, "stream": {"manner": "mute"}}, id="slow, and mute"
        ),
        pytest.param(
            {"requests": [{"fault": "error", "method": "GET", "share": 0.3}]},
            id="every third answer fails",
        ),
        pytest.param(
            {"requests": [{"fault": "reset", "method": "GET", "share": 0.3}]}, id="resets"
        ),
        pytest.param({"orders": [{"fate": "held", "seconds": 2}]}, id="orders rest for a while"),
        pytest.param({"orders": [{"fate": "stalled", "seconds": 2}]}, id="orders fill by halves"),
    ],
)
async def test_an_entry_and_its_exit_fill_once_each(script: dict[str, Any], tmp_path: Path) -> None:
    with alpaca_with(tmp_path, **script) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            opened = await executor.trade(Action.BUY)
            closed = await executor.trade(Action.CLOSE)
            account = await anyio.to_thread.run_sync(lambda: truth(alpaca))

    assert (opened.ending, closed.ending) == (Ending.FILLED, Ending.FILLED)
    assert (len(account["orders"]), account["positions"]) == (2, {})
    bought, sold = (
        sum(fill.quantity for fill in executor.of(FillRecorded) if fill.side == side)
        for side in ("buy", "sell")
    )
    assert bought == sold == Decimal(account["orders"][0]["filled_qty"])


async def test_a_reversal_whose_close_is_cancelled_half_way_ends_on_the_old_side_and_visible(
    tmp_path: Path,
) -> None:
    with alpaca_with(tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            await executor.trade(Action.BUY)
            await anyio.to_thread.run_sync(
                lambda: control(alpaca, "faults", orders=[{"fate": "canceled"}])
            )
            reversed_ = await executor.trade(Action.SELL)
            await anyio.to_thread.run_sync(lambda: control(alpaca, "faults"))
            closed = await executor.trade(Action.CLOSE)
            account = await anyio.to_thread.run_sync(lambda: truth(alpaca))

    assert reversed_.ending is Ending.FAILED
    assert reversed_.held > 0
    assert closed.ending is Ending.FILLED
    assert account["positions"] == {}


class StrugglingBroker(NoFaults):
    """Answers late, fills closings by halves at first, and rejects openings while it is told to."""

    rejects = False

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        return Late(0.2) if path == "/v2/orders" else None

    def on_order(self, order: Order, at: datetime) -> Fate:
        if order.client_order_id.endswith("-open"):
            return Fate.REJECTED if self.rejects else Fate.ORDINARY
        return Fate.STALLED if (at - order.created_at).total_seconds() < 2 else Fate.ORDINARY


async def test_a_reversal_on_a_slow_halving_then_rejecting_broker_ends_flat_and_resumes_later(
    tmp_path: Path,
) -> None:
    broker = StrugglingBroker()
    with serving_alpaca(simulator_settings(tmp_path / "alpaca"), faults=broker) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            await executor.trade(Action.BUY)
            broker.rejects = True
            reversed_ = await executor.trade(Action.SELL)
            stands = await anyio.to_thread.run_sync(lambda: truth(alpaca)["positions"])
            broker.rejects = False
            resumed = await executor.trade(Action.SELL)

    assert (reversed_.ending, reversed_.held, stands) == (Ending.FAILED, Decimal(0), {})
    closings = [fill for fill in executor.of(FillRecorded) if fill.leg is Leg.CLOSE]
    assert len(closings) > 1
    assert resumed.ending is Ending.FILLED
    assert resumed.held < 0


async def test_a_rejected_entry_fails_and_the_next_one_fills(tmp_path: Path) -> None:
    with alpaca_with(tmp_path, orders=[{"fate": "rejected"}]) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            refused = await executor.trade(Action.BUY)
            await anyio.to_thread.run_sync(lambda: control(alpaca, "faults"))
            opened = await executor.trade(Action.BUY)

    assert (refused.ending, refused.held) == (Ending.FAILED, Decimal(0))
    assert opened.ending is Ending.FILLED


async def test_an_order_that_vanishes_with_a_reset_ends_its_signal_as_unknown_and_stops_entries(
    tmp_path: Path,
) -> None:
    with alpaca_with(tmp_path) as alpaca:
        control(alpaca, "session", open=False)
        async with running_executor(tmp_path, alpaca, unknown_grace_seconds=2) as executor:
            resting = await executor.send(Action.BUY)
            await until(lambda: bool(executor.orders(resting)))
            control(alpaca, "faults", actions=[{"do": "reset"}])
            ended = await executor.ending(resting)

    assert (ended.ending, ended.reason) == (Ending.FAILED, Reason.OUTCOME_UNKNOWN)
    [halt] = executor.of(TradingHalted)
    assert halt.reason.startswith("account_reset")


async def test_a_position_that_somebody_closes_while_its_close_is_on_its_way_is_no_failure(
    tmp_path: Path,
) -> None:
    with alpaca_with(tmp_path) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            held = (await executor.trade(Action.SELL)).held
            slow = {"fault": "latency", "seconds": 1, "method": "POST", "path": "/v2/orders"}
            control(alpaca, "faults", requests=[slow])
            closing = await executor.send(Action.CLOSE)
            await until(lambda: counted(alpaca)["POST /v2/orders"] == 2)
            control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty=str(-held))
            closed = await executor.ending(closing)

        assert truth(alpaca)["positions"] == {}
    assert (closed.ending, closed.reason) == (Ending.DECLINED, Reason.ALREADY_FLAT)
    assert [alarm.code for alarm in executor.of(AlarmRaised)] == ["drift"]

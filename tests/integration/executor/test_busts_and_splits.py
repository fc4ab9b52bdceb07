"""What the exchange undoes, and splits, in a running executor."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import (
    Action,
    AlarmRaised,
    FillBusted,
    FillRecorded,
    PositionAdopted,
    PositionSplit,
)
from tests.builders import a_config_changed, a_config_row
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        control(base, "price", symbol="AAPL", price="100.00")
        yield base


async def test_a_busted_fill_is_undone_once_however_often_it_is_seen(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        [fill] = executor.of(FillRecorded)
        control(alpaca, "bust", symbol="AAPL")
        await until(lambda: bool(executor.of(FillBusted)))
    async with running_executor(tmp_path, alpaca, sequence=1) as restarted:
        again = await restarted.trade(Action.CLOSE)

    [busted] = executor.of(FillBusted)
    # What was not confirmed before the stop is published again, as the same event.
    assert {each.event_id for each in restarted.of(FillBusted)} <= {busted.event_id}
    assert busted.fill_event_id == fill.event_id
    assert (busted.quantity, busted.price) == (fill.quantity, fill.price)
    assert busted.client_order_id == fill.client_order_id
    assert again.reason == "already_flat"
    raised = [*executor.of(AlarmRaised), *restarted.of(AlarmRaised)]
    assert {each.event_id: each.code for each in raised} == {raised[0].event_id: "fill_undone"}
    assert not restarted.of(PositionAdopted) + executor.of(PositionAdopted)


async def test_a_bust_while_executor_is_down_is_found_at_the_start(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
    control(alpaca, "bust", symbol="AAPL")
    async with running_executor(tmp_path, alpaca, sequence=1) as restarted:
        ended = await restarted.trade(Action.CLOSE)

    assert ended.reason == "already_flat"
    assert len(restarted.of(FillBusted)) == 1
    assert truth(alpaca)["positions"] == {}


async def test_events_that_break_off_are_asked_for_again(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        broken = {"fault": "half_answer", "path": "/v2beta1/", "times": 2}
        control(alpaca, "faults", requests=[broken])
        control(alpaca, "bust", symbol="AAPL")
        await until(lambda: bool(executor.of(FillBusted)))

    assert len(executor.of(FillBusted)) == 1


async def test_a_corrected_fill_is_counted_as_it_now_stands(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.SELL)
        control(alpaca, "correct", symbol="AAPL", qty="40", price="99.50")
        await until(lambda: len(executor.of(FillRecorded)) == 2)
        control(alpaca, "correct", symbol="AAPL", price="99.00")
        await until(lambda: len(executor.of(FillRecorded)) == 3)
        closed = await executor.trade(Action.CLOSE)

    first, second, third, last = executor.of(FillRecorded)
    assert [bust.fill_event_id for bust in executor.of(FillBusted)] == [
        first.event_id,
        second.event_id,
    ]
    assert (third.quantity, third.price, third.client_order_id) == (
        Decimal(40),
        Decimal("99.00"),
        first.client_order_id,
    )
    assert (last.quantity, closed.held) == (Decimal(40), Decimal(0))
    assert truth(alpaca)["positions"] == {}


async def test_a_trade_by_hand_that_is_busted_is_undone_outside_the_books(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty="5")
        await until(lambda: any(fill.timeframe is None for fill in executor.of(FillRecorded)))
        control(alpaca, "bust", symbol="AAPL")
        await until(lambda: bool(executor.of(FillBusted)))
        closed = await executor.trade(Action.CLOSE)

    [busted] = executor.of(FillBusted)
    assert (busted.timeframe, busted.client_order_id, busted.quantity) == (None, None, Decimal(5))
    assert closed.held == 0
    assert truth(alpaca)["positions"] == {}


@pytest.mark.parametrize("ratio", ["4", "0.1"])
async def test_a_split_scales_every_book_and_what_is_external(
    ratio: str, tmp_path: Path, alpaca: str
) -> None:
    rows = [a_config_row(), a_config_row(timeframe="30 Min", position_size=Decimal(2500))]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.trade(Action.BUY)
        await executor.trade(Action.BUY, timeframe="30 Min")
        control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty="5")
        await until(lambda: any(fill.timeframe is None for fill in executor.of(FillRecorded)))
        control(alpaca, "split", symbol="AAPL", ratio=ratio)
        await until(lambda: bool(executor.of(PositionSplit)))
        external = truth(alpaca)["positions"]["AAPL"]
        [split] = executor.of(PositionSplit)
        await executor.trade(Action.CLOSE)
        await executor.trade(Action.CLOSE, timeframe="30 Min")

    after = {part.timeframe: part.after for part in split.parts}
    assert sum(after.values()) == Decimal(external)
    assert set(after) == {None, "15 Min", "30 Min"}
    left = truth(alpaca)["positions"].get("AAPL", "0")
    assert Decimal(left) == after[None]
    assert executor.of(PositionAdopted) == []


async def test_a_split_that_nobody_tells_is_recognised_after_a_restart(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.SELL)
        control(alpaca, "faults", requests=[{"fault": "error", "status": 404, "path": "/v2beta1/"}])
        await until(lambda: bool(executor.of(FillRecorded)))
    async with running_executor(tmp_path, alpaca, sequence=1) as between:
        await between.trade(Action.SELL)
    control(alpaca, "split", symbol="AAPL", ratio="2")
    async with running_executor(tmp_path, alpaca, sequence=2) as restarted:
        closed = await restarted.trade(Action.CLOSE)

    [split] = restarted.of(PositionSplit)
    [part] = split.parts
    assert part.after == 2 * part.before
    assert (closed.ending, closed.held) == ("filled", Decimal(0))
    assert truth(alpaca)["positions"] == {}

"""Halts, limits and flattening, in a running executor."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.events import (
    AccountSnapshotTaken,
    Action,
    Ending,
    Reason,
    SignalEnded,
    TradingHalted,
    TradingResumed,
    derived_id,
)
from tests.builders import (
    SYMBOL,
    TIMEFRAME,
    a_config_changed,
    a_config_row,
    a_flatten_request,
    a_halt_request,
    a_resume_request,
)
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def test_a_halt_stops_entries_and_lets_exits_through(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        await executor.order("halt")
        reversed_ = await executor.trade(Action.SELL)
        again = await executor.trade(Action.BUY)
        await executor.order("resume")
        resumed = await executor.trade(Action.BUY)

    assert (reversed_.ending, reversed_.reason) == (Ending.DECLINED, Reason.HALTED)
    assert reversed_.held == 0
    assert again.reason is Reason.HALTED
    assert resumed.ending is Ending.FILLED
    assert len(executor.of(TradingHalted)) == len(executor.of(TradingResumed)) == 1


async def test_a_halt_takes_effect_on_signals_that_wait_already(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, "http://127.0.0.1:9") as executor:
        waiting = await executor.send(Action.BUY)
        await executor.order("halt")
    async with running_executor(tmp_path, alpaca) as restarted:
        ended = await restarted.ending(waiting)

    assert ended.reason is Reason.HALTED
    assert truth(alpaca)["orders"] == []


async def test_a_halt_of_one_book_leaves_the_others_alone(tmp_path: Path, alpaca: str) -> None:
    rows = [a_config_row(), a_config_row(timeframe="30 Min"), a_config_row(symbol="MSFT")]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.order("halt", symbol="AAPL", timeframe="15 Min")
        halted = await executor.trade(Action.BUY)
        other_book = await executor.trade(Action.BUY, timeframe="30 Min")
        other_symbol = await executor.trade(Action.BUY, symbol="MSFT")

    assert halted.reason is Reason.HALTED
    assert (other_book.ending, other_symbol.ending) == (Ending.FILLED, Ending.FILLED)


async def test_flatten_ends_with_no_position_and_no_open_order(tmp_path: Path, alpaca: str) -> None:
    rows = [
        a_config_row(),
        a_config_row(timeframe="30 Min"),
        a_config_row(symbol="MSFT"),
        a_config_row(symbol="TSLA"),
    ]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.trade(Action.BUY)
        await executor.trade(Action.SELL, timeframe="30 Min")
        await executor.trade(Action.SELL, symbol="MSFT")
        control(alpaca, "session", open=False)
        resting = await executor.send(Action.BUY, symbol="TSLA")
        await until(lambda: bool(executor.orders(resting)))
        control(alpaca, "session", open=True)

        answer = await executor.order("flatten")
        late = await executor.trade(Action.BUY)
        await until(lambda: len(executor.of(SignalEnded)) == 5 + len(answer["signals"]))

    account = truth(alpaca)
    assert account["positions"] == {}
    assert {order["status"] for order in account["orders"]} <= {"filled", "canceled"}
    assert late.reason in (Reason.HALTED, Reason.NEWER_SIGNAL)


async def test_what_is_ordered_over_the_bus_is_done_once_however_often_it_comes(
    tmp_path: Path, alpaca: str
) -> None:
    halt, resume = a_halt_request(), a_resume_request()
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        for request in (halt, halt, resume, halt):
            await executor.bus.publish(request)
        resumed = await executor.trade(Action.SELL)
        flatten = a_flatten_request(symbol=SYMBOL)
        await executor.bus.publish(flatten)
        await executor.bus.publish(flatten)
        closed = await executor.ending(derived_id(flatten.event_id, f"close.{SYMBOL}.{TIMEFRAME}"))
        declined = await executor.trade(Action.BUY)

    assert resumed.ending is Ending.FILLED
    assert (closed.ending, closed.held) == (Ending.FILLED, Decimal(0))
    assert declined.reason is Reason.HALTED
    halts = executor.of(TradingHalted)
    assert [event.correlation_id for event in halts] == [halt.event_id, flatten.event_id]
    assert [event.correlation_id for event in executor.of(TradingResumed)] == [resume.event_id]


async def test_entries_of_a_burst_share_the_limit_of_a_minute(tmp_path: Path, alpaca: str) -> None:
    symbols = ["AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "META"]
    config = a_config_changed(rows=[a_config_row(symbol=symbol) for symbol in symbols])
    async with running_executor(tmp_path, alpaca, config, limit_orders_a_minute=2) as executor:
        await executor.trade(Action.CLOSE)
        endings = await asyncio.gather(
            *(executor.trade(Action.BUY, symbol=symbol) for symbol in symbols)
        )

    reasons = [ended.reason for ended in endings]
    assert reasons.count(None) == 2
    assert reasons.count(Reason.ORDER_RATE) == 4
    assert truth(alpaca)["orders_posted"] == 2


async def test_a_losing_streak_halts_until_a_person_resumes(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca, limit_losing_streak=1) as executor:
        control(alpaca, "price", symbol="AAPL", price="200.00")
        await executor.trade(Action.BUY)
        control(alpaca, "price", symbol="AAPL", price="150.00")
        await executor.trade(Action.CLOSE)
        await until(lambda: bool(executor.of(TradingHalted)))
    async with running_executor(tmp_path, alpaca, limit_losing_streak=1, sequence=9) as restarted:
        declined = await restarted.trade(Action.BUY)
        await restarted.order("resume")
        taken = len(restarted.of(AccountSnapshotTaken))
        await until(lambda: len(restarted.of(AccountSnapshotTaken)) > taken + 1)
        resumed = await restarted.trade(Action.BUY)

    assert declined.reason is Reason.HALTED
    assert "losing_streak" in declined.detail
    assert resumed.ending is Ending.FILLED


async def test_a_resume_where_nothing_is_halted_begins_nothing_anew(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca, limit_losing_streak=2) as executor:
        for _ in range(2):
            await executor.ask("resume")
            control(alpaca, "price", symbol="AAPL", price="200.00")
            await executor.trade(Action.BUY)
            control(alpaca, "price", symbol="AAPL", price="150.00")
            await executor.trade(Action.CLOSE)
        await until(lambda: bool(executor.of(TradingHalted)))

    [halt] = executor.of(TradingHalted)
    assert "losing_streak" in halt.reason


async def test_a_days_loss_halts(tmp_path: Path, alpaca: str) -> None:
    config = a_config_changed(rows=[a_config_row(position_size=Decimal(50_000))])
    async with running_executor(tmp_path, alpaca, config, limit_day_loss=1000) as executor:
        control(alpaca, "price", symbol="AAPL", price="200.00")
        await executor.trade(Action.BUY)
        control(alpaca, "price", symbol="AAPL", price="150.00")
        await until(lambda: bool(executor.of(TradingHalted)))
        closed = await executor.trade(Action.CLOSE)

    [halt] = executor.of(TradingHalted)
    assert halt.reason.startswith("day_loss")
    assert closed.ending is Ending.FILLED


@pytest.mark.parametrize(
    ("key", "order", "status"),
    [
        pytest.param("a wrong key", {}, 401, id="a wrong key"),
        pytest.param("made-up-reader", {}, 403, id="a key that may read alone"),
        pytest.param(None, {"symbol": "not a symbol"}, 400, id="no symbol"),
        pytest.param(None, {"timeframe": "soon"}, 400, id="no timeframe"),
        pytest.param(None, {"reason": "x" * 300}, 422, id="too long a reason"),
    ],
)
async def test_an_order_of_a_person_is_checked(
    key: str | None, order: dict[str, str], status: int, tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        answer = await executor.ask("halt", key=key, **order)

    assert answer.status_code == status
    assert executor.of(TradingHalted) == []

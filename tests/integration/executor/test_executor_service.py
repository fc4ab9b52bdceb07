"""Executor over the real alpaca-py, real sockets and the simulated Alpaca."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.errors import UnavailableError
from novalgo_common.events import (
    AccountSnapshotTaken,
    Action,
    AlarmRaised,
    BarsReported,
    Ending,
    FillRecorded,
    Leg,
    OrderEnded,
    PositionAdopted,
    PositionsReported,
    Reason,
    Side,
    SignalDecided,
    Sizing,
)
from tests.builders import (
    a_bars_request,
    a_config_changed,
    a_config_problem,
    a_config_row,
    a_positions_request,
)
from tests.running_executor import running_executor
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


def positions(base: str) -> dict[str, Decimal]:
    return {symbol: Decimal(held) for symbol, held in truth(base)["positions"].items()}


def sides(base: str) -> list[str]:
    return [order["side"] for order in truth(base)["orders"]]


async def test_a_buy_becomes_a_dollar_order_and_fills(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        ended = await executor.trade(Action.BUY)

    assert ended.ending is Ending.FILLED
    assert ended.held == positions(alpaca)["AAPL"] > 0
    [decided] = executor.of(SignalDecided)
    [order] = executor.orders(ended.correlation_id)
    assert decided.position_size == order.notional == 5000
    assert order.quantity is None
    assert order.client_order_id == f"nv-{ended.correlation_id.hex}-open"
    assert sum(fill.quantity for fill in executor.of(FillRecorded)) == ended.held


async def test_a_sell_becomes_whole_shares_short(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        ended = await executor.trade(Action.SELL)

    assert ended.ending is Ending.FILLED
    assert ended.held == positions(alpaca)["AAPL"] < 0
    assert ended.held == ended.held.to_integral_value()


async def test_a_close_sells_exactly_what_is_held(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        ended = await executor.trade(Action.CLOSE)

    assert ended.ending is Ending.FILLED
    assert ended.held == 0
    assert positions(alpaca) == {}


async def test_a_reversal_closes_before_it_opens(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        ended = await executor.trade(Action.SELL)

    assert ended.ending is Ending.FILLED
    legs = [order.leg for order in executor.orders(ended.correlation_id)]
    assert legs == [Leg.CLOSE, Leg.OPEN]
    assert positions(alpaca)["AAPL"] == ended.held < 0


async def test_a_book_that_is_there_already_changes_nothing(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        flat = await executor.trade(Action.CLOSE)
        await executor.trade(Action.BUY)
        long = await executor.trade(Action.BUY)
        await executor.trade(Action.SELL)
        short = await executor.trade(Action.SELL)

    assert [each.ending for each in (flat, long, short)] == [Ending.DECLINED] * 3
    assert (flat.reason, long.reason, short.reason) == (
        Reason.ALREADY_FLAT,
        Reason.ALREADY_LONG,
        Reason.ALREADY_SHORT,
    )
    assert sides(alpaca) == ["buy", "sell", "sell"]


async def test_a_repeated_signal_is_carried_out_once(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        ended = await executor.trade(Action.BUY)
        again = ended.correlation_id
        await executor.send(Action.BUY, event_id=again)
        await executor.trade(Action.CLOSE)
        await executor.send(Action.BUY, event_id=again)
        await executor.trade(Action.CLOSE)

    assert sides(alpaca) == ["buy", "sell"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param({"active": False}, Reason.ROW_INACTIVE, id="inactive row"),
        pytest.param({"timeframe": "5 Min"}, Reason.ROW_MISSING, id="no such row"),
        pytest.param({"position_size": Decimal("0.50")}, Reason.TOO_SMALL, id="too small"),
    ],
)
async def test_an_entry_that_a_row_forbids_is_declined(
    row: dict[str, object], reason: Reason, tmp_path: Path, alpaca: str
) -> None:
    config = a_config_changed(rows=[a_config_row(**row)])
    async with running_executor(tmp_path, alpaca, config) as executor:
        ended = await executor.trade(Action.BUY)

    assert (ended.ending, ended.reason) == (Ending.DECLINED, reason)
    assert ended.detail
    assert sides(alpaca) == []


async def test_an_entry_of_a_bad_row_is_declined_with_what_is_wrong(
    tmp_path: Path, alpaca: str
) -> None:
    problem = a_config_problem(symbol="AAPL", timeframe="15 Min", message="no number")
    config = a_config_changed(rows=[], problems=[problem])
    async with running_executor(tmp_path, alpaca, config) as executor:
        ended = await executor.trade(Action.BUY)

    assert (ended.reason, ended.detail) == (Reason.ROW_INVALID, "no number")


async def test_a_stale_entry_expires_and_a_stale_exit_does_not(tmp_path: Path, alpaca: str) -> None:
    hour_ago = utc_now() - timedelta(hours=1)
    async with running_executor(tmp_path, alpaca) as executor:
        entry = await executor.trade(Action.BUY, alert_at=hour_ago)
        await executor.trade(Action.BUY)
        closed = await executor.trade(Action.CLOSE, alert_at=hour_ago)

    assert (entry.ending, entry.reason) == (Ending.EXPIRED, Reason.STALE)
    assert closed.ending is Ending.FILLED


async def test_a_reversal_of_a_row_made_inactive_ends_flat(tmp_path: Path, alpaca: str) -> None:
    rows = [a_config_row()]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.trade(Action.BUY)
        await executor.bus.publish(
            a_config_changed(rows=[a_config_row(active=False)], occurred_at=utc_now(), version=2)
        )
        ended = await executor.trade(Action.SELL)

    assert (ended.ending, ended.reason) == (Ending.DECLINED, Reason.ROW_INACTIVE)
    assert positions(alpaca) == {}


async def test_two_timeframes_of_a_symbol_keep_their_own_positions(
    tmp_path: Path, alpaca: str
) -> None:
    rows = [a_config_row(), a_config_row(timeframe="30 Min", position_size=Decimal(9000))]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        fast = await executor.trade(Action.BUY)
        slow = await executor.trade(Action.BUY, timeframe="30 Min")
        closed = await executor.trade(Action.CLOSE, timeframe="30 Min")

    assert fast.held > 0
    assert slow.held > fast.held
    assert closed.held == 0
    assert positions(alpaca) == {"AAPL": fast.held}


async def test_opposite_books_net_and_a_close_may_cross_zero_in_two_orders(
    tmp_path: Path, alpaca: str
) -> None:
    rows = [
        a_config_row(position_size=Decimal(9000)),
        a_config_row(timeframe="30 Min", position_size=Decimal(5000)),
    ]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        long = await executor.trade(Action.BUY)
        short = await executor.trade(Action.SELL, timeframe="30 Min")
        assert positions(alpaca) == {"AAPL": long.held + short.held}
        closed = await executor.trade(Action.CLOSE)

    first, second = executor.orders(closed.correlation_id)
    assert closed.ending is Ending.FILLED
    assert (first.side, second.side) == (Side.SELL, Side.SELL)
    assert first.quantity == long.held + short.held
    assert second.quantity == -short.held
    assert second.client_order_id.endswith("-close2")
    assert positions(alpaca) == {"AAPL": short.held}


async def test_opening_across_zero_reaches_its_whole_size(tmp_path: Path, alpaca: str) -> None:
    rows = [
        a_config_row(position_size=Decimal(3000)),
        a_config_row(timeframe="30 Min", position_size=Decimal(9000)),
    ]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        short = await executor.trade(Action.SELL)
        long = await executor.trade(Action.BUY, timeframe="30 Min")

    first, second = executor.orders(long.correlation_id)
    assert first.quantity == -short.held
    assert long.held == -short.held + (second.quantity or 0)
    assert long.held > 2 * -short.held
    assert positions(alpaca) == {"AAPL": long.held + short.held}


async def test_a_position_from_before_belongs_to_its_only_row(tmp_path: Path, alpaca: str) -> None:
    control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty="7")
    async with running_executor(tmp_path, alpaca) as executor:
        await until(lambda: bool(executor.of(PositionAdopted)))
        ended = await executor.trade(Action.CLOSE)

    [adopted] = executor.of(PositionAdopted)
    assert adopted.timeframe == "15 Min"
    assert adopted.quantity == 7
    assert ended.ending is Ending.FILLED
    assert positions(alpaca) == {}


async def test_a_position_of_two_rows_from_before_stays_external(
    tmp_path: Path, alpaca: str
) -> None:
    control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty="7")
    rows = [a_config_row(), a_config_row(timeframe="30 Min")]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await until(lambda: bool(executor.of(AlarmRaised)))
        opened = await executor.trade(Action.BUY)
        closed = await executor.trade(Action.CLOSE)

    [adopted] = executor.of(PositionAdopted)
    assert adopted.timeframe is None
    assert opened.held > 0
    assert closed.held == 0
    assert positions(alpaca) == {"AAPL": 7}


async def test_a_trade_by_hand_is_external_and_counted_once(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        held = (await executor.trade(Action.BUY)).held
        control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty="3")

        def snapshots_show_it() -> bool:
            found = executor.of(AccountSnapshotTaken)
            return bool(found) and any(p.external == 3 for p in found[-1].positions)

        await until(snapshots_show_it)

    external = [fill for fill in executor.of(FillRecorded) if fill.timeframe is None]
    assert [fill.quantity for fill in external] == [3]
    assert executor.of(PositionAdopted) == []
    assert positions(alpaca)["AAPL"] == held + 3


async def test_a_position_that_was_closed_by_hand_is_not_closed_again(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        held = (await executor.trade(Action.SELL)).held
        control(alpaca, "manual-trade", symbol="AAPL", side="buy", qty=str(-held))
        await until(lambda: any(fill.leg is None for fill in executor.of(FillRecorded)))
        ended = await executor.trade(Action.CLOSE)

    assert ended.reason is Reason.ALREADY_FLAT
    assert positions(alpaca) == {}


async def test_positions_are_reported_on_request(tmp_path: Path, alpaca: str) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        ended = await executor.trade(Action.SELL)
        reply = await executor.bus.request(a_positions_request(), within=5)

    assert isinstance(reply, PositionsReported)
    assert [(each.symbol, each.quantity) for each in reply.positions] == [("AAPL", ended.held)]


async def test_a_refusal_of_the_broker_is_an_ending(tmp_path: Path, alpaca: str) -> None:
    config = a_config_changed(rows=[a_config_row(position_size=Decimal(9_000_000))])
    async with running_executor(tmp_path, alpaca, config) as executor:
        ended = await executor.trade(Action.BUY)

    assert (ended.ending, ended.reason) == (Ending.FAILED, Reason.BROKER_REFUSED)
    assert "buying power" in ended.detail
    [order] = executor.of(OrderEnded)
    assert order.status == "rejected"


async def test_what_alpaca_does_not_divide_is_bought_in_whole_shares(
    tmp_path: Path, alpaca: str
) -> None:
    config = a_config_changed(rows=[a_config_row(symbol="WHOLE")])
    async with running_executor(tmp_path, alpaca, config) as executor:
        ended = await executor.trade(Action.BUY, symbol="WHOLE")

    [order] = executor.orders(ended.correlation_id)
    assert order.notional is None
    assert ended.held == order.quantity == positions(alpaca)["WHOLE"]
    assert ended.held == ended.held.to_integral_value()


@pytest.mark.parametrize("symbol", ["GONE", "ZZZZ"], ids=["inactive", "unknown to Alpaca"])
async def test_an_asset_that_is_not_traded_is_declined(
    symbol: str, tmp_path: Path, alpaca: str
) -> None:
    config = a_config_changed(rows=[a_config_row(symbol=symbol)])
    async with running_executor(tmp_path, alpaca, config) as executor:
        ended = await executor.trade(Action.BUY, symbol=symbol)

    assert ended.reason is Reason.NOT_TRADABLE
    assert truth(alpaca)["orders_posted"] == 0


async def test_in_a_halted_symbol_an_entry_waits_until_it_is_stale_and_an_exit_for_the_end(
    tmp_path: Path, alpaca: str
) -> None:
    rows = [a_config_row(), a_config_row(symbol="MSFT", max_signal_age=1)]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.trade(Action.BUY)
        control(alpaca, "faults", halted=["AAPL", "MSFT"])
        exit_ = await executor.send(Action.CLOSE)
        entry = await executor.trade(Action.BUY, symbol="MSFT")
        control(alpaca, "faults")
        control(alpaca, "market")
        closed = await executor.ending(exit_)

    assert (entry.ending, entry.reason) == (Ending.FAILED, Reason.ORDER_ENDED_SHORT)
    assert closed.ending is Ending.FILLED
    assert positions(alpaca) == {}


async def test_a_signal_for_a_closed_market_waits_for_the_open(tmp_path: Path, alpaca: str) -> None:
    control(alpaca, "session", open=False)
    async with running_executor(tmp_path, alpaca) as executor:
        signal_id = await executor.send(Action.BUY)
        await until(lambda: bool(executor.orders(signal_id)))
        assert positions(alpaca) == {}
        control(alpaca, "session", open=True)
        ended = await executor.ending(signal_id)

    assert ended.ending is Ending.FILLED


async def test_a_newer_signal_cancels_an_order_that_waits_for_the_open(
    tmp_path: Path, alpaca: str
) -> None:
    control(alpaca, "session", open=False)
    async with running_executor(tmp_path, alpaca) as executor:
        first = await executor.send(Action.BUY)
        await until(lambda: bool(executor.orders(first)))
        second = await executor.trade(Action.CLOSE)

        assert (await executor.ending(first)).ending is Ending.SUPERSEDED
    assert second.reason is Reason.ALREADY_FLAT
    assert [order["status"] for order in truth(alpaca)["orders"]] == ["canceled"]


async def test_with_reject_nothing_is_queued_while_the_market_is_closed(
    tmp_path: Path, alpaca: str
) -> None:
    control(alpaca, "session", open=False)
    async with running_executor(tmp_path, alpaca, when_closed="reject") as executor:
        ended = await executor.trade(Action.BUY)

    assert ended.reason is Reason.MARKET_CLOSED
    assert truth(alpaca)["orders"] == []


async def test_nothing_trades_until_reconciled(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    async with running_executor(tmp_path, nowhere) as executor:
        signal_id = await executor.send(Action.BUY)
        with pytest.raises(UnavailableError):
            await executor.bus.request(a_positions_request(), within=0.5)
        assert executor.of(SignalDecided) == []

    with serving_alpaca(simulator_settings(tmp_path / "alpaca")) as alpaca:
        async with running_executor(tmp_path, alpaca) as executor:
            ended = await executor.ending(signal_id)

    assert ended.ending is Ending.FILLED


async def test_bars_are_reported_to_who_asks(tmp_path: Path, alpaca: str) -> None:
    now = utc_now()
    request = a_bars_request(symbol="SPY", start=now - timedelta(days=30), end=now)

    async with running_executor(tmp_path, alpaca) as executor:
        reply = await executor.bus.request(request, within=10)

    assert isinstance(reply, BarsReported)
    assert (reply.symbol, reply.timeframe) == ("SPY", "1 Day")
    assert len(reply.bars) > 15
    assert [bar.start for bar in reply.bars] == sorted(bar.start for bar in reply.bars)
    assert all(bar.low <= bar.open <= bar.high for bar in reply.bars)


async def test_a_row_that_cools_down_takes_no_second_entry_and_every_exit(
    tmp_path: Path, alpaca: str
) -> None:
    config = a_config_changed(rows=[a_config_row(cooldown=3600)])

    async with running_executor(tmp_path, alpaca, config=config) as executor:
        first = await executor.trade(Action.BUY)
        exit_ = await executor.trade(Action.CLOSE)
        second = await executor.trade(Action.BUY)

    assert (first.ending, exit_.ending) == (Ending.FILLED, Ending.FILLED)
    assert (second.ending, second.reason) == (Ending.DECLINED, Reason.ORDER_RATE)
    assert positions(alpaca) == {}


async def test_a_percentage_of_the_equity_is_what_the_account_states(
    tmp_path: Path, alpaca: str
) -> None:
    row = a_config_row(position_size=Decimal(2), sizing=Sizing.PERCENT)

    async with running_executor(tmp_path, alpaca, config=a_config_changed(rows=[row])) as executor:
        ended = await executor.trade(Action.BUY)

    [order] = executor.orders(ended.correlation_id)
    assert order.notional == 2000  # of the 100,000 that a new account has

"""Executor starts with what gathered while it could not trade."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.events import Action, Ending, Reason, SignalEnded
from tests.builders import a_config_changed, a_config_row
from tests.running_executor import running_executor
from tests.set_clock import SetClock
from tests.simulated_alpaca import serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio

NOWHERE = "http://127.0.0.1:9"
FRESH = [f"F{letter}" for letter in "ABCDEFGHIJ"]
STALE = [f"S{letter}" for letter in "ABCDEFGHIJ"]
LEAVING = [f"L{letter}" for letter in "ABCDE"]
SYMBOLS = [*FRESH, *STALE, *LEAVING]
OLDER = 39
"""Signals of a book before its last: 1,000 in all."""


async def test_of_a_backlog_of_a_thousand_each_books_newest_counts_if_it_is_not_stale(
    tmp_path: Path,
) -> None:
    config = a_config_changed(rows=[a_config_row(symbol=symbol) for symbol in SYMBOLS])
    hour_ago = utc_now() - timedelta(hours=1)
    async with running_executor(tmp_path, NOWHERE, config) as waiting:
        for number in range(OLDER):
            action = Action.SELL if number % 2 else Action.BUY
            await asyncio.gather(*(waiting.send(action, symbol) for symbol in SYMBOLS))
        newest = [waiting.send(Action.BUY, symbol) for symbol in FRESH]
        newest += [waiting.send(Action.BUY, symbol, alert_at=hour_ago) for symbol in STALE]
        newest += [waiting.send(Action.CLOSE, symbol, alert_at=hour_ago) for symbol in LEAVING]
        await asyncio.gather(*newest)
        assert waiting.of(SignalEnded) == []

    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as alpaca:
        async with running_executor(tmp_path, alpaca, config, sequence=1000) as executor:
            await until(lambda: len(executor.of(SignalEnded)) == len(SYMBOLS) * (OLDER + 1))
            metrics = (await executor.http.get("/metrics")).text.splitlines()
        bought = Counter(order["symbol"] for order in truth(alpaca)["orders"])

    endings = Counter((ended.ending, ended.reason) for ended in executor.of(SignalEnded))
    assert endings == {
        (Ending.SUPERSEDED, Reason.NEWER_SIGNAL): len(SYMBOLS) * OLDER,
        (Ending.FILLED, None): len(FRESH),
        (Ending.EXPIRED, Reason.STALE): len(STALE),
        (Ending.DECLINED, Reason.ALREADY_FLAT): len(LEAVING),
    }
    assert bought == Counter(FRESH)
    for (ending, _reason), count in endings.items():
        assert f'novalgo_signals_ended_total{{ending="{ending}"}} {count:.1f}' in metrics


async def test_after_a_stop_of_twenty_minutes_entries_have_expired_and_exits_go_on(
    tmp_path: Path,
) -> None:
    clock = SetClock(utc_now())
    rows = [a_config_row(), a_config_row(symbol="MSFT")]
    config = a_config_changed(rows=rows)
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as alpaca:
        async with running_executor(tmp_path, alpaca, config, clock=clock) as before:
            await before.trade(Action.BUY)
        async with running_executor(tmp_path, NOWHERE, config, clock=clock, sequence=1) as away:
            exit_ = await away.send(Action.CLOSE, alert_at=clock())
            entry = await away.send(Action.BUY, symbol="MSFT", alert_at=clock())
        clock.set(clock() + timedelta(minutes=20))
        async with running_executor(tmp_path, alpaca, config, clock=clock, sequence=3) as after:
            entered, closed = await after.ending(entry), await after.ending(exit_)

        assert truth(alpaca)["positions"] == {}
    assert (entered.ending, entered.reason) == (Ending.EXPIRED, Reason.STALE)
    assert closed.ending is Ending.FILLED

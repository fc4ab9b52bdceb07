"""What executor does when Alpaca refuses requests, or whoever makes them."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from novalgo_common.events import Action, AlarmRaised, Ending, SignalEnded
from novalgo_executor.gate import RESERVE
from tests.builders import NOON, a_config_changed, a_config_row, a_positions_request
from tests.running_executor import running_executor
from tests.set_clock import SetClock
from tests.simulated_alpaca import (
    KEY_HEADERS,
    control,
    counted,
    serving_alpaca,
    simulator_settings,
    truth,
)
from tests.waiting import until

pytestmark = pytest.mark.anyio

ALLOWANCE = 100
"""Requests a minute."""
SYMBOLS = [f"{first}{second}" for first in "AB" for second in "FGHIJ"]


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def test_an_order_of_a_burst_costs_little_more_than_its_own_request(
    tmp_path: Path, alpaca: str
) -> None:
    config = a_config_changed(rows=[a_config_row(symbol=symbol) for symbol in SYMBOLS])
    async with running_executor(tmp_path, alpaca, config, reconcile_seconds=30) as executor:
        await until(lambda: counted(alpaca).get("GET /v2/assets/*", 0) == len(SYMBOLS))
        before = sum(trading(alpaca).values())
        await asyncio.gather(*(executor.trade(Action.BUY, symbol=symbol) for symbol in SYMBOLS))
        asked = sum(trading(alpaca).values()) - before

    assert truth(alpaca)["orders_posted"] == len(SYMBOLS)
    assert asked <= 1.2 * len(SYMBOLS)


def trading(base: str) -> dict[str, int]:
    """Return the requests that count against the allowance for trading."""
    return {kind: count for kind, count in counted(base).items() if "/stocks/" not in kind}


async def test_with_a_mute_stream_the_fills_of_a_burst_are_asked_for_together(
    tmp_path: Path, alpaca: str
) -> None:
    control(alpaca, "faults", stream={"manner": "mute"})
    config = a_config_changed(rows=[a_config_row(symbol=symbol) for symbol in SYMBOLS])
    async with running_executor(tmp_path, alpaca, config, reconcile_seconds=30) as executor:
        await until(lambda: counted(alpaca).get("GET /v2/assets/*", 0) == len(SYMBOLS))
        await asyncio.gather(*(executor.trade(Action.BUY, symbol=symbol) for symbol in SYMBOLS))

    asked = counted(alpaca)
    questions = sum(asked[kind] for kind in asked if "FILL" in kind or "orders" in kind)
    assert questions - truth(alpaca)["orders_posted"] <= len(SYMBOLS)


async def test_of_a_short_allowance_exits_are_served_before_entries(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    leaving, entering = SYMBOLS[:3], SYMBOLS[3:]
    config = a_config_changed(rows=[a_config_row(symbol=symbol) for symbol in SYMBOLS])
    settings = simulator_settings(tmp_path / "alpaca", simulator_rate_limit=ALLOWANCE)
    with serving_alpaca(settings, clock=clock) as alpaca:
        async with running_executor(
            tmp_path, alpaca, config, clock=clock, reconcile_seconds=30
        ) as executor:
            await until(lambda: counted(alpaca).get("GET /v2/assets/*", 0) == len(SYMBOLS))
            for symbol in leaving:
                await executor.trade(Action.BUY, symbol, alert_at=clock())
            use_up(alpaca, leaving=RESERVE)
            await executor.bus.request(a_positions_request(), within=5)  # so that it is known
            entries = [await executor.send(Action.BUY, name, alert_at=clock()) for name in entering]
            exits = [await executor.trade(Action.CLOSE, name, alert_at=clock()) for name in leaving]
            ordered_by_then = [executor.orders(signal_id) for signal_id in entries]
            clock.set(NOON + timedelta(minutes=1, seconds=1))
            await executor.bus.publish(config.model_copy(update={"occurred_at": clock()}))
            entered = [await executor.ending(signal_id) for signal_id in entries]

    assert [ended.ending for ended in exits] == [Ending.FILLED] * len(leaving)
    assert ordered_by_then == [[]] * len(entering)
    assert [ended.ending for ended in entered] == [Ending.FILLED] * len(entering)


def use_up(base: str, *, leaving: int) -> None:
    """Ask as somebody else with the same keys until so many requests are left of this minute."""
    left = ALLOWANCE
    while left > leaving:
        answer = requests.get(f"{base}/v2/clock", headers=KEY_HEADERS, timeout=10)
        left = int(answer.headers["X-RateLimit-Remaining"])


@pytest.mark.parametrize("status", [401, 403])
async def test_revoked_keys_cost_no_signal_its_ending_and_raise_one_alarm(
    status: int, tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca) as executor:
        await executor.trade(Action.BUY)
        control(alpaca, "faults", requests=[{"fault": "error", "status": status}])
        signal_id = await executor.send(Action.CLOSE)
        await until(lambda: bool(alarms(executor.of(AlarmRaised), "keys_refused")))
        waiting = executor.of(SignalEnded)
        control(alpaca, "faults")
        ended = await executor.ending(signal_id)

    assert len(waiting) == 1
    assert ended.ending is Ending.FILLED
    assert len(alarms(executor.of(AlarmRaised), "keys_refused")) == 1


def alarms(raised: list[AlarmRaised], code: str) -> list[AlarmRaised]:
    return [alarm for alarm in raised if alarm.code == code]

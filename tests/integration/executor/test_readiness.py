"""When executor says that it may trade, and whom it alarms while it may not."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.events import Action, AlarmRaised, Ending, SignalDecided, SignalEnded
from novalgo_executor import reconciler, watchdog
from novalgo_executor.watchdog import STUCK_AFTER
from tests.builders import a_config_changed, a_config_row
from tests.running_executor import RunningExecutor, running_executor
from tests.set_clock import SetClock
from tests.simulated_alpaca import control, serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def alpaca(tmp_path: Path) -> Iterator[str]:
    with serving_alpaca(simulator_settings(tmp_path / "alpaca", simulator_step=3600)) as base:
        yield base


async def until_ready_says(executor: RunningExecutor, words: str) -> int:
    """Return the status with which /ready says so at last."""
    async with asyncio.timeout(60):
        while True:
            answer = await executor.http.get("/ready")
            if words in answer.text:
                return answer.status_code
            await asyncio.sleep(0.01)


def alarms(executor: RunningExecutor, code: str) -> list[AlarmRaised]:
    return [alarm for alarm in executor.of(AlarmRaised) if alarm.code == code]


async def test_it_is_not_ready_before_its_first_comparison(tmp_path: Path, alpaca: str) -> None:
    control(alpaca, "faults", requests=[{"fault": "error", "status": 500}])
    async with running_executor(tmp_path, alpaca) as executor:
        signal_id = await executor.send(Action.BUY)
        before = await until_ready_says(executor, "cannot be compared with Alpaca")
        decided = executor.of(SignalDecided)
        control(alpaca, "faults")
        ended = await executor.ending(signal_id)
        after = await until_ready_says(executor, '"ready"')

    assert (before, after) == (503, 200)
    assert decided == []
    assert ended.ending is Ending.FILLED


async def test_with_the_keys_of_another_account_nothing_is_traded(
    tmp_path: Path, alpaca: str
) -> None:
    async with running_executor(tmp_path, alpaca, alpaca_account="PA-ANOTHER") as executor:
        await executor.send(Action.BUY)
        status = await until_ready_says(executor, "the keys belong to another account")

    assert status == 503
    assert executor.of(SignalDecided) == []
    assert truth(alpaca)["orders_posted"] == 0


async def test_while_the_account_cannot_be_compared_entries_wait_and_exits_go_on(
    tmp_path: Path, alpaca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "LONGEST_SILENCE", 1.0)
    rows = [a_config_row(), a_config_row(symbol="MSFT")]
    async with running_executor(tmp_path, alpaca, a_config_changed(rows=rows)) as executor:
        await executor.trade(Action.BUY)
        control(
            alpaca, "faults", requests=[{"fault": "error", "status": 500, "path": "/v2/account"}]
        )
        await until(lambda: bool(alarms(executor, "not_compared")))
        entry = await executor.send(Action.BUY, symbol="MSFT")
        exit_ = await executor.trade(Action.CLOSE)
        waiting = [event.correlation_id for event in executor.of(SignalEnded)]
        control(alpaca, "faults")
        entered = await executor.ending(entry)

    assert exit_.ending is Ending.FILLED
    assert entry not in waiting
    assert entered.ending is Ending.FILLED
    assert len(alarms(executor, "not_compared")) == 1


async def test_a_signal_that_comes_to_no_ending_raises_one_alarm(
    tmp_path: Path, alpaca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "LOOK_EVERY", 0.05)
    clock = SetClock(utc_now())
    async with running_executor(tmp_path, alpaca, clock=clock) as executor:
        await executor.trade(Action.BUY)
        control(alpaca, "faults", orders=[{"fate": "held"}])
        stuck = await executor.send(Action.CLOSE)
        await until(lambda: bool(executor.orders(stuck)))
        clock.set(clock() + STUCK_AFTER + timedelta(seconds=1))
        await until(lambda: bool(alarms(executor, "signal_stuck")))
        control(alpaca, "faults")
        control(alpaca, "market")
        ended = await executor.ending(stuck)

    [alarm] = alarms(executor, "signal_stuck")
    assert "CLOSE AAPL 15 Min" in alarm.message
    assert ended.ending is Ending.FILLED

"""The watch for charts that have gone quiet, on the real store and bus."""

from datetime import timedelta
from pathlib import Path

import pytest

from novalgo_ingest.silence import watch
from tests.builders import NOON, a_config_changed, a_config_row
from tests.ingest_service import Ingest, SetClock, running_ingest
from tests.waiting import until

pytestmark = pytest.mark.anyio

MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.02)


async def _beat(ingest: Ingest, times: int, gap: timedelta) -> None:
    for _ in range(times):
        ingest.clock.advance(gap)
        await ingest.stored(action="heartbeat")


async def test_a_chart_that_stops_is_told_once_for_each_silence(tmp_path: Path) -> None:
    clock = SetClock(NOON - 90 * MINUTES)
    async with running_ingest(tmp_path, clock=clock) as ingest:
        await ingest.bus.publish(a_config_changed(rows=(a_config_row(),)))
        await ingest.configured(1)
        await _beat(ingest, 6, 15 * MINUTES)
        clock.advance(46 * MINUTES)
        await until(lambda: len(ingest.alarms) == 1)

    async with running_ingest(tmp_path, clock=clock) as restarted:
        await _beat(restarted, 1, 1 * MINUTES)
        clock.advance(3 * 47 * MINUTES + 10 * MINUTES)
        await until(lambda: len(restarted.alarms) == 1)

    assert {alarm.code for alarm in (*ingest.alarms, *restarted.alarms)} == {"alert_silent"}
    assert "AAPL 15 Min since 2026-11-11 17:00 UTC" in ingest.alarms[0].message
    assert ingest.alarms[0].event_id != restarted.alarms[0].event_id


async def test_the_owner_says_how_long_a_row_may_be_quiet(tmp_path: Path) -> None:
    async with running_ingest(
        tmp_path, NOVALGO_SILENCE_HOURS="AAPL 15m=0.5, MSFT 15 Min=0"
    ) as ingest:
        rows = (
            a_config_row(),
            a_config_row(symbol="MSFT"),
            a_config_row(symbol="TSLA", active=False),
        )
        await ingest.bus.publish(a_config_changed(rows=rows))
        await ingest.configured(2)
        ingest.clock.advance(31 * MINUTES)
        await until(lambda: len(ingest.alarms) == 1)

    assert ingest.alarms[0].symbol == "AAPL"


async def test_an_alert_that_fires_too_often_is_told(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.bus.publish(a_config_changed(rows=(a_config_row(),)))
        await ingest.configured(1)
        for number in range(16):
            ingest.clock.advance(timedelta(seconds=10))
            await ingest.stored(id=number)
        await until(lambda: len(ingest.alarms) == 1)

    assert ingest.alarms[0].code == "alert_stopped"

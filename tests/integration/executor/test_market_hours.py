"""New York's hours as Alpaca's clock states them: half days, holidays, auctions, extended hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from novalgo_common.events import Action, Ending, Reason
from novalgo_simulator.faults import Fault, NoFaults
from tests.running_executor import running_executor
from tests.set_clock import SetClock
from tests.simulated_alpaca import serving_alpaca, simulator_settings, truth
from tests.waiting import until

pytestmark = pytest.mark.anyio

THANKSGIVING, HALF_DAY, SATURDAY, MONDAY, TUESDAY = "11-26", "11-27", "11-28", "11-30", "12-01"
"""Of 2026.  On the half day the market closes at one o'clock."""


def new_york(day: str, time: str) -> datetime:
    at = datetime.fromisoformat(f"2026-{day}T{time}")
    return at.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


class ClosingMarket(NoFaults):
    """Closes while the first order is on its way."""

    def __init__(self, clock: SetClock, close: datetime) -> None:
        self._clock = clock
        self._close = close

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        if method == "POST" and path == "/v2/orders":
            self._clock.set(self._close)
        return None


@contextmanager
def alpaca_at(tmp_path: Path, clock: SetClock, faults: NoFaults | None = None) -> Iterator[str]:
    settings = simulator_settings(tmp_path / "alpaca", simulator_session="calendar")
    with serving_alpaca(settings, clock=clock, faults=faults) as base:
        yield base


def statuses(alpaca: str) -> list[str]:
    return [order["status"] for order in truth(alpaca)["orders"]]


@pytest.mark.parametrize(
    ("day", "time", "is_open"),
    [
        pytest.param(HALF_DAY, "08:00:00", False, id="extended hours of the morning"),
        pytest.param(HALF_DAY, "09:29:30", False, id="half a minute before the open"),
        pytest.param(HALF_DAY, "09:30:00", True, id="the open"),
        pytest.param(HALF_DAY, "12:59:00", True, id="the last minute of a half day"),
        pytest.param(HALF_DAY, "13:00:00", False, id="the close of a half day"),
        pytest.param(MONDAY, "13:00:00", True, id="that hour of a whole day"),
        pytest.param(MONDAY, "16:00:00", False, id="extended hours of the evening"),
        pytest.param(THANKSGIVING, "12:00:00", False, id="a holiday"),
        pytest.param(SATURDAY, "12:00:00", False, id="a weekend"),
    ],
)
async def test_the_regular_session_alone_is_traded_in_where_nothing_is_to_be_queued(
    day: str, time: str, is_open: bool, tmp_path: Path
) -> None:
    clock = SetClock(new_york(day, time))
    with alpaca_at(tmp_path, clock) as alpaca:
        async with running_executor(
            tmp_path, alpaca, clock=clock, when_closed="reject"
        ) as executor:
            ended = await executor.trade(Action.BUY, alert_at=clock())

        assert ended.reason == (None if is_open else Reason.MARKET_CLOSED)
        assert statuses(alpaca) == (["filled"] if is_open else [])


@pytest.mark.parametrize(
    ("day", "time", "opens"),
    [
        pytest.param(HALF_DAY, "13:00:01", MONDAY, id="after a half day, over the weekend"),
        pytest.param(THANKSGIVING, "12:00:00", HALF_DAY, id="on a holiday"),
        pytest.param(MONDAY, "17:30:00", TUESDAY, id="in extended hours"),
    ],
)
async def test_an_entry_of_a_closed_market_is_filled_by_the_next_open(
    day: str, time: str, opens: str, tmp_path: Path
) -> None:
    clock = SetClock(new_york(day, time))
    with alpaca_at(tmp_path, clock) as alpaca:
        async with running_executor(tmp_path, alpaca, clock=clock) as executor:
            signal_id = await executor.send(Action.BUY, alert_at=clock())
            await until(lambda: statuses(alpaca) == ["accepted"])
            clock.set(new_york(opens, "09:29:59"))
            ended = await executor.ending(signal_id)

        assert ended.ending is Ending.FILLED
        [order] = truth(alpaca)["orders"]
        assert (order["time_in_force"], order["extended_hours"]) == ("day", False)
        assert datetime.fromisoformat(order["filled_at"]) >= new_york(opens, "09:30:00")


async def test_an_exit_of_a_closed_market_is_queued_whatever_becomes_of_entries(
    tmp_path: Path,
) -> None:
    clock = SetClock(new_york(HALF_DAY, "12:00:00"))
    with alpaca_at(tmp_path, clock) as alpaca:
        async with running_executor(
            tmp_path, alpaca, clock=clock, when_closed="reject"
        ) as executor:
            await executor.trade(Action.BUY, alert_at=clock())
            clock.set(new_york(HALF_DAY, "13:30:00"))
            signal_id = await executor.send(Action.CLOSE, alert_at=clock())
            await until(lambda: statuses(alpaca) == ["filled", "accepted"])
            clock.set(new_york(MONDAY, "09:30:00"))
            ended = await executor.ending(signal_id)

    assert (ended.ending, ended.held) == (Ending.FILLED, Decimal(0))


@pytest.mark.parametrize(
    ("when_closed", "overnight", "at_last", "reason"),
    [
        pytest.param("queue", "accepted", "filled", None, id="waits for the next open"),
        pytest.param(
            "reject", "canceled", "canceled", Reason.ORDER_ENDED_SHORT, id="is called back"
        ),
    ],
)
async def test_an_entry_of_the_last_instant_that_arrives_after_the_close(
    when_closed: str, overnight: str, at_last: str, reason: Reason | None, tmp_path: Path
) -> None:
    clock = SetClock(new_york(MONDAY, "15:59:30"))
    closing = ClosingMarket(clock, new_york(MONDAY, "16:00:00.1"))
    with alpaca_at(tmp_path, clock, closing) as alpaca:
        async with running_executor(
            tmp_path, alpaca, clock=clock, when_closed=when_closed
        ) as executor:
            signal_id = await executor.send(Action.BUY, alert_at=clock())
            await until(lambda: statuses(alpaca) == [overnight])
            clock.set(new_york(TUESDAY, "09:30:00"))
            ended = await executor.ending(signal_id)

        assert statuses(alpaca) == [at_last]
        assert ended.reason == reason

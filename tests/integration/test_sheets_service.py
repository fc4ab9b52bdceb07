"""The sheets service against the simulated Google over a socket, at its real pace."""

import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from novalgo_common.clock import utc_now
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.errors import UnavailableError
from novalgo_common.events import (
    Action,
    AlarmRaised,
    ConfigChanged,
    Ending,
    Event,
    PerformanceWritten,
    Reason,
    RowStatus,
    StatusWritten,
)
from novalgo_common.local_bus import LocalBus
from novalgo_common.topology import ANALYTICS_JOURNAL, QUEUES, SHEETS_UPDATES
from novalgo_sheets.main import open_service
from novalgo_sheets.settings import Settings
from tests.builders import (
    NOON,
    SECOND,
    SIGNAL_ID,
    a_config_request,
    a_performance_row,
    a_performance_updated,
    a_signal_ended,
    an_order_submitted,
)
from tests.listening import Listener
from tests.simulated_google import RunningGoogle, running_google
from tests.waiting import until

pytestmark = pytest.mark.anyio

CONFIG = """\
symbol,position_size,active,Time Frame,Order Status,Last Updated
AAPL,5000,TRUE,15 Min,,
MSFT,"$2,500",TRUE,30,,
TSLA,3000,FALSE,45 Min,,
"""


@dataclass
class Running:
    """A running service, and what it published."""

    bus: LocalBus
    journal: Listener
    data_dir: Path

    def published(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.journal.handled if isinstance(event, kind)]

    def written(self) -> list[StatusWritten]:
        return [event for event in self.journal.handled if isinstance(event, StatusWritten)]

    def configs(self) -> list[ConfigChanged]:
        return [event for event in self.journal.handled if isinstance(event, ConfigChanged)]

    def row(self, symbol: str, title: str = "Config") -> dict[str, str]:
        return next(row for row in rows(self.data_dir, title) if row["symbol"] == symbol)


def rows(data_dir: Path, title: str = "Config") -> list[dict[str, str]]:
    path = data_dir / "sheet" / f"{title}.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def edit(data_dir: Path, text: str) -> None:
    """Save the Config tab as an editor does that writes a new file."""
    (data_dir / "sheet").mkdir(exist_ok=True)
    draft = data_dir / "sheet" / "Config.draft"
    draft.write_text(text)
    draft.replace(data_dir / "sheet" / "Config.csv")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    edit(tmp_path, CONFIG)
    return tmp_path


@pytest.fixture
def google(data_dir: Path) -> Iterator[RunningGoogle]:
    with running_google(data_dir) as running:
        yield running


@asynccontextmanager
async def service(data_dir: Path, port: int) -> AsyncIterator[Running]:
    bus = LocalBus(FileDeadLetters(data_dir / "dead_letters.jsonl"))
    journal = Listener()
    for queue in QUEUES:
        if queue is not SHEETS_UPDATES:
            listener = journal if queue is ANALYTICS_JOURNAL else Listener()
            await bus.subscribe(queue, listener)
    settings = Settings(data_dir=data_dir, simulator_port=port)
    try:
        async with open_service(settings, bus, utc_now):
            yield Running(bus, journal, data_dir)
    finally:
        await bus.close()


@pytest.fixture
async def running(data_dir: Path, google: RunningGoogle) -> AsyncIterator[Running]:
    async with service(data_dir, google.port) as running:
        await until(lambda: bool(running.configs()))
        yield running


async def test_the_config_tab_is_published_and_its_rows_get_their_status(running: Running) -> None:
    [config] = running.configs()

    assert [(row.symbol, row.timeframe, row.position_size) for row in config.rows] == [
        ("AAPL", "15 Min", Decimal(5000)),
        ("MSFT", "30 Min", Decimal(2500)),
        ("TSLA", "45 Min", Decimal(3000)),
    ]
    await until(lambda: running.row("TSLA")["Order Status"] == "INACTIVE")
    assert running.row("AAPL")["Order Status"] == "READY"


async def test_an_edit_of_the_file_becomes_the_next_version(running: Running) -> None:
    await until(lambda: running.row("AAPL")["Order Status"] == "READY")

    edit(running.data_dir, CONFIG.replace("5000", "6000"))

    await until(lambda: len(running.configs()) == 2)

    assert running.configs()[1].version == 2
    assert running.configs()[1].rows[0].position_size == Decimal(6000)


async def test_a_bad_row_is_told_in_its_own_cells_and_the_others_go_on(running: Running) -> None:
    await until(lambda: running.row("AAPL")["Order Status"] == "READY")

    edit(running.data_dir, CONFIG.replace("5000", "a lot"))

    await until(lambda: running.row("AAPL")["Order Status"] == "FAILED")

    assert running.row("AAPL")["Reason"] == (
        "position_size a lot is not a number: write one, such as 5000"
    )
    assert [row.symbol for row in running.configs()[-1].rows] == ["MSFT", "TSLA"]
    assert [problem.row for problem in running.configs()[-1].problems] == [2]


async def test_an_emptied_tab_keeps_the_last_good_config_and_raises_one_alarm(
    running: Running,
) -> None:
    await until(lambda: running.row("AAPL")["Order Status"] == "READY")

    edit(running.data_dir, "")

    await until(lambda: bool(running.published(AlarmRaised)))

    answer = await running.bus.request(a_config_request(), within=5)
    assert isinstance(answer, ConfigChanged)
    assert answer.rows == running.configs()[0].rows
    assert answer.read_at is not None
    assert answer.read_at >= running.configs()[0].occurred_at
    [alarm] = running.published(AlarmRaised)
    assert isinstance(alarm, AlarmRaised)
    assert alarm.code == "sheet_empty"


async def test_a_signals_way_is_shown_in_its_row(running: Running) -> None:
    await running.bus.publish(an_order_submitted())
    await until(lambda: running.row("AAPL")["Order Status"] == "ORDER SUBMITTED")
    await running.bus.publish(a_signal_ended(occurred_at=NOON + SECOND))
    await until(lambda: running.row("AAPL")["Order Status"] == "FILLED")

    await until(lambda: len(running.written()) == 2)
    statuses = [(event.status, event.correlation_id) for event in running.written()]
    assert statuses == [
        (RowStatus.ORDER_SUBMITTED, SIGNAL_ID),
        (RowStatus.FILLED, SIGNAL_ID),
    ]


async def test_many_endings_reach_their_rows_in_few_writes(
    running: Running, google: RunningGoogle
) -> None:
    await until(lambda: running.row("AAPL")["Order Status"] == "READY")

    for number in range(10):
        for symbol, timeframe in (("AAPL", "15 Min"), ("MSFT", "30 Min")):
            await running.bus.publish(
                a_signal_ended(
                    symbol=symbol,
                    timeframe=timeframe,
                    correlation_id=uuid4(),
                    occurred_at=NOON + number * SECOND,
                    action=Action.SELL,
                    ending=Ending.DECLINED,
                    reason=Reason.ALREADY_SHORT,
                )
            )

    await until(lambda: running.row("MSFT")["Order Status"] == "ALREADY SHORT")
    await until(lambda: len(running.written()) == 20)
    assert google.sheets.quota.taken("Write") <= 4


async def test_a_sorted_sheet_is_put_right_by_the_next_poll(running: Running) -> None:
    await running.bus.publish(a_signal_ended())
    await until(lambda: running.row("AAPL")["Order Status"] == "FILLED")
    first, *others = CONFIG.splitlines()

    edit(running.data_dir, "\n".join([first + ",Reason", *reversed(others)]))

    await until(lambda: running.row("AAPL")["Order Status"] == "FILLED")
    assert running.row("TSLA")["Order Status"] == "INACTIVE"
    assert len(running.configs()) == 1


async def test_performance_is_written_to_its_own_tab_and_vanished_rows_are_cleared(
    running: Running,
) -> None:
    two = (a_performance_row(), a_performance_row(symbol="TRUE", total_pnl=Decimal("-12")))
    await running.bus.publish(a_performance_updated(rows=two))
    await until(lambda: len(running.published(PerformanceWritten)) == 1)
    assert running.row("TRUE", "Performance")["total_pnl"] == "-$12.00"
    request = uuid4()

    await running.bus.publish(
        a_performance_updated(correlation_id=request, occurred_at=NOON + SECOND)
    )

    await until(lambda: len(running.published(PerformanceWritten)) == 2)
    assert running.published(PerformanceWritten)[1].correlation_id == request
    symbols = [row["symbol"] for row in rows(running.data_dir, "Performance")]
    assert [symbol for symbol in symbols if symbol] == ["AAPL", "TOTAL"]
    assert running.row("AAPL", "Performance")["win_rate"] == "66.7%"


async def test_a_restart_shows_what_was_decided_before_it(
    data_dir: Path, google: RunningGoogle
) -> None:
    async with service(data_dir, google.port) as running:
        await until(lambda: bool(running.configs()))
        google.sheets.faults.refuse(503, times=1000)
        await running.bus.publish(a_signal_ended(action=Action.CLOSE))
    google.sheets.faults.stop()

    async with service(data_dir, google.port) as running:
        await until(lambda: running.row("AAPL")["Order Status"] == "WAITING")
        await until(lambda: len(running.written()) == 1)

        assert running.configs() == []


async def test_google_down_loses_nothing_and_holds_nobody_up(data_dir: Path) -> None:
    with running_google(data_dir) as google:
        port = google.port
    async with service(data_dir, port) as running:
        with pytest.raises(UnavailableError):
            await running.bus.request(a_config_request(), within=1)
        await running.bus.publish(a_signal_ended())
        await running.bus.publish(a_performance_updated())

        with running_google(data_dir, port=port):
            await until(lambda: bool(running.written() and running.published(PerformanceWritten)))

            assert running.row("AAPL")["Order Status"] == "FILLED"
            assert running.row("AAPL", "Performance")["total_pnl"] == "$250.50"


async def test_an_older_event_does_not_take_a_newer_ones_place(running: Running) -> None:
    await running.bus.publish(a_signal_ended(occurred_at=NOON))
    late = an_order_submitted(occurred_at=NOON - timedelta(minutes=1), correlation_id=uuid4())
    await running.bus.publish(late)

    await until(lambda: len(running.written()) == 2)

    assert running.row("AAPL")["Order Status"] == "FILLED"


async def test_reads_stay_within_half_of_the_quota(running: Running, google: RunningGoogle) -> None:
    await running.bus.publish(a_signal_ended())
    await until(lambda: bool(running.written()))

    assert google.sheets.quota.taken("Read") <= 7

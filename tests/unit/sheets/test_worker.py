"""The worker's turns, with a sheet in memory and a clock that the test moves."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from novalgo_common.events import AlarmRaised, ConfigChanged, Event, RowStatus, StatusWritten
from novalgo_common.store import Database
from novalgo_sheets.handler import UpdateHandler
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Block, Cell, Grid, Reading, SheetAwayError
from novalgo_sheets.store import Store
from novalgo_sheets.worker import SheetWorker
from tests.builders import NOON, a_performance_updated, a_signal_ended

pytestmark = pytest.mark.anyio

HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame", "Order Status"]


@dataclass
class FakeSheet:
    """A spreadsheet in memory that fails while it is told to."""

    cells: list[list[Cell]]
    performance: list[list[Cell]] = field(default_factory=list)
    failing: SheetAwayError | None = None
    reads: int = 0
    writes: int = 0

    async def read(self, *, with_performance: bool) -> Reading:
        self.reads += 1
        self._fail()
        performance = _grid("Performance", self.performance) if with_performance else None
        return Reading(config=_grid("Config", self.cells), performance=performance)

    async def write(self, reading: Reading, blocks: Sequence[Block]) -> None:
        self.writes += 1
        self._fail()
        for block in blocks:
            cells = self.cells if block.title == "Config" else self.performance
            for row, line in enumerate(block.values, start=block.row):
                cells.extend([] for _ in range(row + 1 - len(cells)))
                cells[row].extend([""] * (block.column + len(line) - len(cells[row])))
                cells[row][block.column : block.column + len(line)] = line

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing


def _grid(title: str, cells: list[list[Cell]]) -> Grid:
    return Grid(title=title, cells=[list(row) for row in cells], rows=1000, columns=26)


@dataclass
class Desk:
    """A worker, what it stands on, and the hand of its clock."""

    sheet: FakeSheet
    store: Store
    passed: float = 0.0
    worker: SheetWorker = field(init=False)

    def __post_init__(self) -> None:
        self.start_again()

    def start_again(self) -> None:
        self.worker = SheetWorker(
            self.sheet,
            self.store,
            Metrics(),
            self.now,
            seconds=lambda: self.passed,
            chance=lambda: 0.0,
        )

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    async def turns(self, seconds: int) -> None:
        """Let time pass, with ten turns a second."""
        for _ in range(seconds * 10):
            await self.worker.turn()
            self.passed += 0.1

    async def handle(self, event: Event) -> None:
        await UpdateHandler(self.store, self.worker.wake)(event)

    async def published(self, kind: type[Event]) -> list[Event]:
        waiting = await self.store.outbox.waiting(1000)
        return [item.event for item in waiting if isinstance(item.event, kind)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with Database.open(Settings(data_dir=tmp_path), "sheets") as database:
        sheet = FakeSheet([list(HEADER), ["AAPL", 5000, True, "15 Min"]])
        yield Desk(sheet, Store(database, lambda: NOON))


async def test_a_minute_costs_thirty_reads_and_nothing_is_written_that_stands(desk: Desk) -> None:
    await desk.turns(60)

    assert desk.sheet.reads == 30
    assert desk.sheet.writes == 1
    assert desk.sheet.cells[1][4] == "READY"


async def test_a_busy_minute_stays_within_forty_writes(desk: Desk) -> None:
    for second in range(60):
        await desk.handle(a_signal_ended(occurred_at=NOON + timedelta(seconds=second)))
        await desk.turns(1)

    assert desk.sheet.writes <= 40
    assert desk.sheet.reads <= 31


async def test_a_write_uses_each_read_once(desk: Desk) -> None:
    await desk.turns(1)
    await desk.handle(a_signal_ended())

    await desk.turns(1)

    assert (desk.sheet.reads, desk.sheet.writes) == (1, 1)


async def test_an_event_that_comes_again_changes_nothing(desk: Desk) -> None:
    event = a_signal_ended()
    await desk.handle(event)
    await desk.turns(5)
    await desk.handle(event)

    await desk.turns(5)

    assert len(await desk.published(StatusWritten)) == 1
    assert desk.sheet.writes == 1


async def test_a_sheet_away_is_asked_more_and_more_seldom_and_comes_back(desk: Desk) -> None:
    desk.sheet.failing = SheetAwayError("Google answered 503")
    await desk.handle(a_signal_ended())
    await desk.turns(120)
    asked = desk.sheet.reads

    desk.sheet.failing = None
    await desk.turns(31)

    assert asked <= 9
    assert desk.sheet.cells[1][4] == "FILLED"


async def test_a_blip_is_no_alarm_and_a_long_outage_is_one(desk: Desk) -> None:
    await desk.turns(2)
    desk.sheet.failing = SheetAwayError("Google answered 503")
    await desk.turns(10)
    assert desk.worker.problem() is None
    assert await desk.published(AlarmRaised) == []

    await desk.turns(300)

    [alarm] = await desk.published(AlarmRaised)
    assert isinstance(alarm, AlarmRaised)
    assert alarm.code == "sheet_unreadable"
    assert alarm.message == "Google answered 503; the last good config stays in force"
    assert desk.worker.problem() == alarm.message


async def test_an_episode_has_one_alarm_over_restarts_and_the_next_one_its_own(desk: Desk) -> None:
    await desk.turns(2)
    for _ in range(2):
        good, desk.sheet.cells = desk.sheet.cells, []
        await desk.turns(10)
        desk.start_again()
        await desk.turns(10)
        desk.sheet.cells = good
        await desk.turns(4)

    assert len(await desk.published(AlarmRaised)) == 2
    assert len(await desk.published(ConfigChanged)) == 1
    assert desk.worker.problem() is None


async def test_before_the_first_config_the_service_is_not_ready(desk: Desk) -> None:
    desk.sheet.failing = SheetAwayError("Google cannot be reached")

    await desk.turns(1)

    assert desk.worker.problem() == "Google cannot be reached; there is no config yet"


async def test_versions_go_on_over_a_restart(desk: Desk) -> None:
    await desk.turns(1)
    desk.start_again()
    desk.sheet.cells.append(["MSFT", 100, True, "5"])

    await desk.turns(1)

    versions = [event.version for event in await desk.published(ConfigChanged)]  # type: ignore[attr-defined]
    assert versions == [1, 2]


async def test_an_unusable_config_tab_does_not_keep_performance_from_being_written(
    desk: Desk,
) -> None:
    desk.sheet.cells = []
    await desk.handle(a_performance_updated())

    await desk.turns(3)

    assert desk.sheet.performance[1][0] == "AAPL"


async def test_performance_that_is_delivered_late_does_not_replace_a_newer_one(desk: Desk) -> None:
    await desk.handle(a_performance_updated())
    await desk.turns(4)
    written = [list(row) for row in desk.sheet.performance]

    await desk.handle(a_performance_updated(occurred_at=NOON - timedelta(minutes=5), rows=()))
    await desk.turns(4)

    assert desk.sheet.performance == written


async def test_a_write_that_landed_without_an_answer_is_announced_all_the_same(desk: Desk) -> None:
    await desk.handle(a_signal_ended())
    write = desk.sheet.write

    async def lands_and_fails(reading: Reading, blocks: Sequence[Block]) -> None:
        await write(reading, blocks)
        raise SheetAwayError("Google cannot be reached (ReadTimeout)")

    desk.sheet.write = lands_and_fails  # type: ignore[method-assign]
    await desk.turns(10)

    [event] = await desk.published(StatusWritten)
    assert isinstance(event, StatusWritten)
    assert event.status is RowStatus.FILLED


async def test_a_sort_between_read_and_write_is_put_right_by_the_next_turn(desk: Desk) -> None:
    desk.sheet.cells += [["MSFT", 100, False, "30"], ["TSLA", 100, True, "5"]]
    await desk.handle(a_signal_ended())
    write = desk.sheet.write

    async def write_to_sorted_rows(reading: Reading, blocks: Sequence[Block]) -> None:
        if desk.sheet.writes == 0:
            desk.sheet.cells[1:] = reversed(desk.sheet.cells[1:])
        await write(reading, blocks)

    desk.sheet.write = write_to_sorted_rows  # type: ignore[method-assign]
    await desk.turns(4)

    statuses = {row[0]: row[4] for row in desk.sheet.cells[1:]}
    assert statuses == {"AAPL": "FILLED", "MSFT": "INACTIVE", "TSLA": "READY"}

"""The worker's turns, with a sheet in memory and a clock that the test moves."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from novalgo_common.events import (
    AlarmRaised,
    ConfigChanged,
    Ending,
    Event,
    HaltRequested,
    ResumeRequested,
    RowStatus,
    StatusWritten,
)
from novalgo_common.store import Database
from novalgo_sheets.handler import UpdateHandler
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Block, Cell, Reading, SheetAwayError, Strip
from novalgo_sheets.store import Store
from novalgo_sheets.worker import SheetWorker
from tests.builders import (
    NOON,
    a_halt,
    a_performance_updated,
    a_resumption,
    a_signal,
    a_signal_ended,
    an_account_snapshot,
)
from tests.fake_sheet import FakeSheet, put

pytestmark = pytest.mark.anyio

HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame", "Order Status"]


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
            Settings().guards,
            seconds=lambda: self.passed,
            chance=lambda: 0.0,
        )

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    async def turns(self, seconds: int) -> None:
        """Let time pass, with ten turns a second."""
        for _ in range(seconds * 10):
            await self.turn()

    async def turn(self) -> None:
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


async def test_a_minute_costs_thirty_reads_at_the_most_and_nothing_is_written_that_stands(
    desk: Desk,
) -> None:
    await desk.turns(4)  # the start takes a second look, holds of the columns, and a third
    before = desk.sheet.reads

    await desk.turns(60)

    assert desk.sheet.reads - before <= 30
    assert desk.sheet.writes == 2
    assert desk.sheet.cells[1][4] == "READY"


async def test_a_busy_minute_stays_within_forty_writes(desk: Desk) -> None:
    for second in range(60):
        await desk.handle(a_signal_ended(occurred_at=NOON + timedelta(seconds=second)))
        await desk.turns(1)

    assert desk.sheet.writes <= 40
    assert desk.sheet.reads <= 31


async def test_a_write_uses_each_read_once(desk: Desk) -> None:
    await desk.turns(4)
    before = desk.sheet.reads, desk.sheet.writes
    await desk.handle(a_signal_ended())

    await desk.turns(1)

    assert (desk.sheet.reads, desk.sheet.writes) in (
        (before[0], before[1] + 1),
        (before[0] + 1, before[1] + 1),
    )


async def test_the_store_is_read_anew_after_a_commit_alone(desk: Desk) -> None:
    first = await desk.store.kept()
    unchanged = await desk.store.kept()
    await desk.handle(a_signal_ended())
    after = await desk.store.kept()

    assert unchanged is first
    assert [len(kept.changes) for kept in (first, after)] == [0, 1]


async def test_an_event_that_comes_again_changes_nothing(desk: Desk) -> None:
    event = a_signal_ended()
    await desk.handle(event)
    await desk.turns(5)
    await desk.handle(event)

    await desk.turns(5)

    assert len(await desk.published(StatusWritten)) == 1
    assert desk.sheet.writes == 2


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

    async def lands_and_fails(
        reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        await write(reading, strips, blocks)
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

    async def write_to_sorted_rows(
        reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        if desk.sheet.writes == 1:
            desk.sheet.cells[1:] = reversed(desk.sheet.cells[1:])
        await write(reading, strips, blocks)

    desk.sheet.write = write_to_sorted_rows  # type: ignore[method-assign]
    await desk.turns(4)

    statuses = {row[0]: row[4] for row in desk.sheet.cells[1:]}
    assert statuses == {"AAPL": "FILLED", "MSFT": "INACTIVE", "TSLA": "READY"}


def sizes(config: ConfigChanged) -> list[int]:
    return [int(row.position_size) for row in config.rows]


async def configs(desk: Desk) -> list[ConfigChanged]:
    return [each for each in await desk.published(ConfigChanged) if isinstance(each, ConfigChanged)]


async def test_a_size_that_is_half_typed_is_not_traded_by(desk: Desk) -> None:
    await desk.turns(4)

    for typed in (7, 70, 700, 7000):
        desk.sheet.cells[1][1] = typed
        before = desk.sheet.reads
        while desk.sheet.reads == before:
            await desk.turn()
    await desk.turns(3)

    assert [sizes(config) for config in await configs(desk)] == [[5000], [7000]]


async def test_a_size_that_changes_with_every_read_is_told_in_its_reason(desk: Desk) -> None:
    desk.sheet.cells[0] += ["Last Updated", "Reason"]
    await desk.turns(4)
    read = desk.sheet.read

    async def another_size(wanted: Collection[str]) -> Reading:
        desk.sheet.cells[1][1] = 5000 + desk.sheet.reads
        return await read(wanted)

    desk.sheet.read = another_size  # type: ignore[method-assign]
    await desk.turns(20)
    told = desk.sheet.shown("AAPL", "Reason")
    desk.sheet.read = read  # type: ignore[method-assign]
    await desk.turns(4)

    assert str(told).startswith("still 5000: this row changes with every look")
    assert desk.sheet.shown("AAPL", "Reason") == ""
    assert len(await configs(desk)) == 2


async def test_a_change_is_published_within_a_poll_and_a_second_look(desk: Desk) -> None:
    await desk.turns(10)
    desk.sheet.cells[1][1] = 6000
    changed_at = desk.passed

    while len(await configs(desk)) == 1:
        await desk.turn()

    assert desk.passed - changed_at <= 3


async def test_a_size_of_one_dollar_is_told_from_the_word_true(desk: Desk) -> None:
    desk.sheet.cells[1][1] = True
    await desk.turns(6)
    desk.sheet.cells[1][1] = 1
    await desk.turns(6)

    assert sizes((await configs(desk))[-1]) == [1]


async def test_every_change_is_told_with_its_old_and_new_value(desk: Desk) -> None:
    await desk.turns(3)
    desk.sheet.cells[1][1] = 6000
    await desk.turns(3)
    desk.sheet.cells[1][2] = False
    await desk.turns(3)

    edits = [edit for config in await configs(desk) for edit in config.edits or ()]
    assert [(edit.field, edit.old, edit.new) for edit in edits] == [
        ("position_size", "5000", "6000"),
        ("active", "TRUE", "FALSE"),
    ]
    assert [line.edit for line in (await desk.store.boards()).edits] == edits[::-1]


async def test_an_unusual_size_waits_for_its_confirmation_over_a_restart(desk: Desk) -> None:
    desk.sheet.cells[0] += ["Last Updated", "Reason", "confirm"]
    await desk.turns(4)
    desk.sheet.cells[1][1] = 50_000
    await desk.turns(6)
    asked = desk.sheet.shown("AAPL", "Reason")
    desk.start_again()
    await desk.turns(6)
    before = [sizes(config) for config in await configs(desk)]

    put(desk.sheet.cells, 1, desk.sheet.cells[0].index("confirm"), 50_000)
    await desk.turns(6)

    assert 'Write "50000" into the column confirm' in str(asked)
    assert before == [[5000]]
    assert sizes((await configs(desk))[-1]) == [50_000]
    assert desk.sheet.shown("AAPL", "Reason") == ""


async def test_a_row_that_was_broken_for_a_while_is_still_compared_with_what_it_was(
    desk: Desk,
) -> None:
    await desk.turns(3)
    desk.sheet.cells[1][1] = ""
    await desk.turns(3)
    desk.sheet.cells[1][1] = 50_000
    await desk.turns(6)

    assert [sizes(config) for config in await configs(desk)] == [[5000], [], [5000]]


async def test_the_owner_ticks_halt_and_unticks_it(desk: Desk) -> None:
    await desk.turns(3)
    desk.sheet.tabs["Risk"] = []
    await desk.turns(6)
    desk.sheet.tabs["Risk"][1][0] = True
    await desk.turns(6)
    desk.start_again()
    await desk.turns(6)
    halted = len(await desk.published(HaltRequested)), len(await desk.published(ResumeRequested))

    desk.sheet.tabs["Risk"][1][0] = False
    await desk.turns(6)

    assert halted == (1, 0)
    assert len(await desk.published(ResumeRequested)) == 1


async def test_a_risk_tab_that_is_emptied_or_gone_lifts_no_halt(desk: Desk) -> None:
    desk.sheet.tabs["Risk"] = [["HALT"], ["TRUE"]]
    await desk.turns(3)
    desk.sheet.tabs["Risk"] = []
    await desk.turns(3)
    del desk.sheet.tabs["Risk"]
    await desk.turns(3)

    assert len(await desk.published(HaltRequested)) == 1
    assert await desk.published(ResumeRequested) == []


async def test_the_further_tabs_show_what_happened(desk: Desk) -> None:
    desk.sheet.tabs |= {"Risk": [], "Positions": [], "Signals": [], "Changes": []}
    await desk.turns(3)
    signal = a_signal()
    await desk.handle(signal)
    await desk.handle(a_signal_ended(correlation_id=signal.event_id))
    await desk.handle(a_halt(symbol=None, timeframe=None))
    await desk.worker.follow_account(an_account_snapshot())
    desk.sheet.cells[1][1] = 6000
    await desk.turns(25)

    assert desk.sheet.tabs["Positions"][1][:2] == ["AAPL", "25"]
    assert desk.sheet.tabs["Signals"][1][1:5] == ["BUY", "AAPL", "15 Min", "filled"]
    assert desk.sheet.tabs["Changes"][1][4:7] == ["position_size", "5000", "6000"]
    assert desk.sheet.tabs["Risk"][1][2:4] == ["entries", "HALTED"]
    assert desk.sheet.tabs["Risk"][2][2:5] == ["halt", "all", "ordered by a person"]

    await desk.handle(a_resumption(occurred_at=NOON + timedelta(seconds=1)))
    await desk.turns(3)

    assert desk.sheet.tabs["Risk"][1][2:4] == ["entries", "RUNNING"]
    assert desk.sheet.tabs["Risk"][2][2] == "equity"


async def test_a_tab_of_the_owners_own_with_such_a_name_is_left_alone(desk: Desk) -> None:
    mine: list[list[Cell]] = [["my", "own", "positions"], [1, 2, 3]]
    desk.sheet.tabs["Positions"] = [list(row) for row in mine]
    await desk.worker.follow_account(an_account_snapshot())

    await desk.turns(25)

    assert desk.sheet.tabs["Positions"] == mine


async def test_a_broken_header_is_told_in_the_first_rows_reason_and_taken_back(desk: Desk) -> None:
    desk.sheet.cells[0] += ["Last Updated", "Reason"]
    await desk.turns(4)
    desk.sheet.cells[0][1] = "how much"
    await desk.turns(6)
    told = desk.sheet.shown("AAPL", "Reason")

    desk.sheet.cells[0][1] = "position_size"
    await desk.turns(6)

    assert told == "the Config tab's first row lacks position_size: write the name back"
    assert desk.sheet.shown("AAPL", "Reason") == ""
    assert len(await configs(desk)) == 1


async def test_after_an_outage_one_write_carries_what_matters_most(desk: Desk) -> None:
    rows: list[list[Cell]] = [
        [f"A{chr(65 + n // 26)}{chr(65 + n % 26)}", 100, True, "5 Min"] for n in range(600)
    ]
    desk.sheet.cells += rows
    await desk.turns(12)
    desk.sheet.failing = SheetAwayError("Google answered 503")
    failed = str(rows[-1][0])
    for row in rows:
        for column in desk.sheet.owned_columns():
            del row[column:]
    await desk.handle(
        a_signal_ended(symbol=failed, timeframe="5 Min", ending=Ending.FAILED, detail="broken")
    )
    desk.sheet.failing = None
    writes = desk.sheet.writes

    while desk.sheet.writes == writes:
        await desk.turn()

    assert desk.sheet.shown(failed, "Order Status") == "FAILED"

"""Whatever people do to the spreadsheet: trades follow the last good config, cells come right, and
nothing of theirs is touched.

A day is a list of hands: a person edits, sorts, inserts, deletes and breaks the tabs, between a
read and a write too, while Google fails now and then.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import given, note, settings
from hypothesis import strategies as st

from novalgo_common.events import ConfigChanged, HaltRequested, ResumeRequested
from novalgo_common.store import Database
from novalgo_sheets.config_tab import ConfigTab, read_config
from novalgo_sheets.face import face_of
from novalgo_sheets.guard import Rows, as_seen
from novalgo_sheets.handler import UpdateHandler
from novalgo_sheets.headers import ORDER_STATUS, OWNED
from novalgo_sheets.kept import Kept
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Anchor, Block, Cell, Reading, SheetAwayError, Strip
from novalgo_sheets.store import Store
from novalgo_sheets.worker import SheetWorker
from tests.builders import NOON, a_signal_ended
from tests.fake_sheet import FakeSheet, put

SYMBOLS = ("AAPL", "MSFT", "NAN", "TRUE", "BRK.B")
HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame", "my notes"]
SIZES: tuple[Cell, ...] = (
    100, 250.5, "$300", "5.000,00", "5e3", "=A1*2", "#REF!", -5, 0, "", "a lot", 90_000
)  # fmt: skip
SWITCHES: tuple[Cell, ...] = (True, False, "yes", "FALSE", "maybe", "")
HEADERS: tuple[Cell, ...] = ("POSITION SIZE", "size", "Position-Size", "quantity?", "active")
SETTLES_WITHIN = 90
"""Seconds.  The longest wait after failures is 30."""

Hand = Callable[[FakeSheet, Random], None]


def _a_row(chance: Random) -> list[Cell]:
    return [chance.choice(SYMBOLS), 100, True, chance.choice(("5 Min", "1 Day")), "mine"]


def _inputs(sheet: FakeSheet) -> list[int]:
    width = max(map(len, sheet.cells), default=0)
    owned = set(sheet.anchors.values()) | set(sheet.owned_columns() if sheet.cells else [])
    return [column for column in range(width) if column not in owned]


def edit(sheet: FakeSheet, chance: Random) -> None:
    if len(sheet.cells) > 1 and (columns := _inputs(sheet)):
        row = chance.randrange(1, len(sheet.cells))
        value = chance.choice((*SIZES, *SWITCHES, *SYMBOLS, "15 Min", "soon", "a note"))
        put(sheet.cells, row, chance.choice(columns), value)


def sort(sheet: FakeSheet, chance: Random) -> None:
    chance.shuffle(rows := sheet.cells[1:])
    sheet.cells[1:] = rows


def add_row(sheet: FakeSheet, chance: Random) -> None:
    if sheet.cells:
        sheet.cells.insert(chance.randrange(1, len(sheet.cells) + 1), _a_row(chance))


def insert_blank(sheet: FakeSheet, chance: Random) -> None:
    if sheet.cells:
        sheet.cells.insert(chance.randrange(1, len(sheet.cells) + 1), [])


def delete_row(sheet: FakeSheet, chance: Random) -> None:
    if len(sheet.cells) > 1:
        del sheet.cells[chance.randrange(1, len(sheet.cells))]


def duplicate(sheet: FakeSheet, chance: Random) -> None:
    if len(sheet.cells) > 1:
        columns = _inputs(sheet)
        row = chance.choice(sheet.cells[1:])
        copy: list[Cell] = []
        for column in columns:
            if column < len(row):
                copy.extend([""] * (column + 1 - len(copy)))
                copy[column] = row[column]
        sheet.cells.append(copy)


def insert_column(sheet: FakeSheet, chance: Random) -> None:
    if sheet.cells and len(sheet.cells[0]) < 12:
        sheet.insert_column(chance.randrange(len(sheet.cells[0]) + 1), "a column of mine")


def delete_column(sheet: FakeSheet, chance: Random) -> None:
    if sheet.cells and len(sheet.cells[0]) > 6:
        sheet.delete_column(chance.randrange(len(sheet.cells[0])))


def rename_header(sheet: FakeSheet, chance: Random) -> None:
    if sheet.cells and (columns := _inputs(sheet)):
        put(sheet.cells, 0, chance.choice(columns), chance.choice(HEADERS))


def empty(sheet: FakeSheet, _chance: Random) -> None:
    sheet.cells.clear()


def halt(sheet: FakeSheet, chance: Random) -> None:
    risk = sheet.tabs.setdefault("Risk", [])
    if risk and "HALT" in risk[0]:
        put(risk, 1, risk[0].index("HALT"), chance.choice((True, False, "TRUE", "stop", "")))


def mess_up_risk(sheet: FakeSheet, chance: Random) -> None:
    risk = sheet.tabs.get("Risk", [])
    if risk:
        chance.choice((risk.clear, risk.reverse))()


HANDS: tuple[Hand, ...] = (
    edit, edit, edit, sort, add_row, insert_blank, delete_row, duplicate, insert_column,
    delete_column, rename_header, empty, halt, mess_up_risk,
)  # fmt: skip

BETWEEN: tuple[Hand, ...] = (sort, insert_column, insert_column, delete_column, delete_row, edit)
"""What hurts most between a read and the write that follows it."""


@dataclass
class Meddled(FakeSheet):
    """A sheet whose owner is at it between every read and write, and that notes who wrote where."""

    chance: Random = field(default_factory=Random)
    meddle: bool = True
    trespasses: list[str] = field(default_factory=list)
    seen: list[Rows] = field(default_factory=list)
    """The good rows of each read."""

    async def read(self, wanted: Collection[str]) -> Reading:
        self._fault()
        reading = await super().read(wanted)
        tab = read_config(reading.config.cells, Settings().size_cap)
        if isinstance(tab, ConfigTab):
            self.seen.append(as_seen(tab))
        return reading

    async def anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        self._between()
        before = [list(row) for row in self.cells]
        await super().anchor(reading, anchors)
        lost = _texts(before) - _texts(self.cells)
        if lost:
            self.trespasses.append(f"anchoring lost {lost}")

    async def write(
        self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        self._between()
        before = [list(row) for row in self.cells]
        ticked = self._halt_cell()
        ours = set(self.anchors.values())
        await super().write(reading, strips, blocks)
        for row, line in enumerate(self.cells):
            for column, cell in enumerate(line):
                old = before[row][column] if row < len(before) and column < len(before[row]) else ""
                if cell != old and column not in ours:
                    self.trespasses.append(f"row {row + 1}, column {column}: {old!r} to {cell!r}")
        if self._halt_cell() != ticked:
            self.trespasses.append("the HALT cell")

    def _halt_cell(self) -> object:
        risk = self.tabs.get("Risk", [])
        at = risk[0].index("HALT") if risk and "HALT" in risk[0] else None
        return risk[1][at] if at is not None and len(risk) > 1 and at < len(risk[1]) else ""

    def _between(self) -> None:
        if self.meddle and self.chance.random() < 0.8:
            self.chance.choice(BETWEEN)(self, self.chance)
        self._fault()

    def _fault(self) -> None:
        if self.meddle and self.chance.random() < 0.15:
            raise SheetAwayError(f"Google answered {self.chance.choice((429, 500, 503))}")


def _texts(cells: Sequence[Sequence[Cell]]) -> set[str]:
    return {repr(cell) for row in cells for cell in row if cell not in ("", *OWNED)}


@dataclass
class Day:
    """A worker over a meddled sheet, in a time of its own."""

    sheet: Meddled
    store: Store
    passed: float = 0.0
    worker: SheetWorker = field(init=False)

    def __post_init__(self) -> None:
        self.worker = SheetWorker(
            self.sheet, self.store, Metrics(), self.now, Settings().guards,
            seconds=lambda: self.passed, chance=self.sheet.chance.random,
        )  # fmt: skip

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    async def pass_by(self, seconds: float, step: float = 0.5) -> None:
        for _ in range(max(1, int(seconds / step))):
            await self.worker.turn()
            self.passed += step


async def _live(day: Day, hands: Sequence[tuple[Hand, float]]) -> None:
    await day.pass_by(4)
    for number, (hand, rest) in enumerate(hands):
        hand(day.sheet, day.sheet.chance)
        if number % 3 == 0:
            event = a_signal_ended(
                event_id=UUID(int=number), correlation_id=UUID(int=number),
                symbol=day.sheet.chance.choice(SYMBOLS), timeframe="5 Min", occurred_at=day.now(),
            )  # fmt: skip
            await UpdateHandler(day.store, day.worker.wake)(event)
        await day.pass_by(rest)
    day.sheet.meddle = False
    await day.pass_by(SETTLES_WITHIN, step=2.0)


async def _check(day: Day) -> None:
    sheet, kept = day.sheet, await day.store.kept()
    note(f"the sheet: {sheet.cells}")
    assert sheet.trespasses == []
    published = [item.event for item in await day.store.outbox.waiting(10_000)]
    _check_configs([each for each in published if isinstance(each, ConfigChanged)], sheet.seen)
    # Halts and resumptions take turns.
    orders = [isinstance(each, HaltRequested) for each in published
              if isinstance(each, HaltRequested | ResumeRequested)]  # fmt: skip
    assert orders == [number % 2 == 0 for number in range(len(orders))]
    tab = read_config(sheet.cells, Settings().size_cap)
    if isinstance(tab, ConfigTab) and kept.config is not None:
        _check_cells(sheet, tab, kept)


def _check_configs(configs: Sequence[ConfigChanged], seen: Sequence[Rows]) -> None:
    """Every active row that was ever in force had stood like that in two reads, one after the
    other."""
    twice = [
        row
        for earlier, later in pairwise(seen)
        for key, row in later.items()
        if earlier.get(key) == row
    ]
    for row in (row for config in configs for row in config.rows if row.active):
        assert row in twice


def _check_cells(sheet: FakeSheet, tab: ConfigTab, kept: Kept) -> None:
    """Every row shows what is in force, and what was said of it."""
    assert kept.config is not None
    config, changes = kept.config.event, kept.newest_changes()
    assert [problem.row for problem in config.problems] == [each.row for each in tab.problems()]
    in_force = {(row.symbol, row.timeframe): row for row in config.rows}
    assert in_force.keys() == as_seen(tab).keys()
    for row in tab.rows:
        counted = replace(row, row=in_force[row.key]) if row.row and row.key else row
        face = face_of(counted, kept.config.since, changes)
        assert sheet.cells[row.number - 1][tab.columns.owned[ORDER_STATUS]] == face.status.value
    assert [change for change in kept.unannounced() if change.key in in_force] == []


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(
        st.tuples(st.sampled_from(HANDS), st.sampled_from((0.5, 1.0, 3.0))), min_size=6, max_size=16
    ),
)
def test_people_at_their_spreadsheet_cause_no_wrong_trade_and_lose_no_cell(
    seed: int, hands: list[tuple[Hand, float]]
) -> None:
    async def run() -> None:
        chance = Random(seed)  # noqa: S311  # it must repeat, not surprise
        rows: list[list[Cell]] = [
            ["AAPL", 100, True, "5 Min", "keep"],
            ["MSFT", "$200", "yes", "5 Min"],
        ]
        with TemporaryDirectory() as directory:
            own = Settings(data_dir=Path(directory))
            async with Database.open(own, "sheets") as database:
                sheet = Meddled([list(HEADER), *rows], chance=chance)
                day = Day(sheet, Store(database, lambda: NOON))
                await _live(day, hands)
                await _check(day)

    asyncio.run(run())


def test_a_column_that_moves_takes_its_anchor_along() -> None:
    """What the test above leans on: a write by the old place would go astray."""
    sheet = FakeSheet([[*HEADER, *OWNED]])
    sheet.anchors = {name: len(HEADER) + at for at, name in enumerate(OWNED)}

    sheet.insert_column(0, "mine")

    assert [sheet.cells[0][column] for column in sheet.anchors.values()] == list(OWNED)

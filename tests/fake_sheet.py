"""A spreadsheet in memory: what the sheets service does to it, and what a person does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from novalgo_sheets.headers import OWNED
from novalgo_sheets.sheet import (
    Anchor,
    Block,
    Cell,
    Grid,
    Reading,
    SheetAwayError,
    Strip,
)

CONFIG = "Config"


@dataclass
class FakeSheet:
    """It fails while it is told to.  Anchors move with their columns, as at Google."""

    cells: list[list[Cell]]
    tabs: dict[str, list[list[Cell]]] = field(default_factory=dict)
    """The tabs beside Config, by title."""
    anchors: dict[str, int] = field(default_factory=dict)
    failing: SheetAwayError | None = None
    reads: int = 0
    writes: int = 0

    @property
    def performance(self) -> list[list[Cell]]:
        return self.tabs.setdefault("Performance", [])

    # --- the service

    async def read(self, wanted: Collection[str]) -> Reading:
        self.reads += 1
        self._fail()
        if "Performance" in wanted:
            self.tabs.setdefault("Performance", [])
        return Reading(
            config=_grid(CONFIG, self.cells),
            anchors=dict(self.anchors),
            others={
                title: _grid(title, self.tabs[title]) for title in self.tabs.keys() & set(wanted)
            },
        )

    async def anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        self.writes += 1
        self._fail()
        for anchor in anchors:
            if anchor.is_new:
                self.insert_column(anchor.column, anchor.name)
            self.anchors[anchor.name] = anchor.column

    async def write(
        self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        self.writes += 1
        self._fail()
        if any(strip.anchor not in self.anchors for strip in strips):
            raise SheetAwayError("Google answered 400")
        for strip in strips:
            for row, text in strip.cells.items():
                put(self.cells, row, self.anchors[strip.anchor], text)
        for block in blocks:
            for row, line in enumerate(block.values, start=block.row):
                for column, value in enumerate(line, start=block.column):
                    put(self.tabs[block.title], row, column, value)

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing

    # --- a person

    def insert_column(self, at: int, header: Cell = "") -> None:
        for row in self.cells:
            if at < len(row):
                row.insert(at, "")
        self.anchors = {
            name: column + 1 if column >= at else column for name, column in self.anchors.items()
        }
        if header:
            put(self.cells, 0, at, header)

    def delete_column(self, at: int) -> None:
        for row in self.cells:
            del row[at : at + 1]
        self.anchors = {
            name: column - 1 if column > at else column
            for name, column in self.anchors.items()
            if column != at
        }

    def shown(self, symbol: Cell, column: str) -> Cell:
        """Return what stands in a row of the Config tab under a header."""
        header = self.cells[0]
        [row] = [row for row in self.cells[1:] if symbol in row[:1]]
        at = header.index(column)
        return row[at] if at < len(row) else ""

    def owned_columns(self) -> list[int]:
        """Return where the columns lie that the service may write."""
        return [column for column, cell in enumerate(self.cells[0]) if cell in OWNED]


def put(cells: list[list[Cell]], row: int, column: int, value: Cell) -> None:
    """Write one cell, on a grid that has room."""
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend([""] * (column + 1 - len(cells[row])))
    cells[row][column] = value


def _grid(title: str, cells: list[list[Cell]]) -> Grid:
    return Grid(title=title, cells=[list(row) for row in cells], rows=1000, columns=26)

"""What the service needs of a spreadsheet: the port, and what crosses it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from novalgo_common.errors import UnavailableError

Cell: TypeAlias = str | int | float | bool
Cells: TypeAlias = Sequence[Sequence[Cell]]


class SheetAwayError(UnavailableError):
    """The spreadsheet could not be read or written.  The text says why, and what to do."""

    def __init__(self, message: str, *, retry_after: float = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the server asks to be left alone."""


class NoConfigTabError(SheetAwayError):
    """The spreadsheet answers, but has no Config tab: only a person can mend that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A tab as it was read: typed values, blanks at the ends left out, and the tab's size."""

    title: str
    cells: Cells
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One read of the spreadsheet, all tabs at the same moment."""

    config: Grid
    anchors: Mapping[str, int] = field(default_factory=dict)
    """Where each anchored column of the Config tab lies now, by its name."""
    others: Mapping[str, Grid] = field(default_factory=dict)
    """The other tabs that were asked for, by title; those that are not there are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A column of the Config tab to hold on to under this name, whatever a person moves."""

    name: str
    column: int
    is_new: bool
    """Whether to insert a column here, with the name as its header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Texts to write as they are into an anchored column, by row from 0.  Other cells stay."""

    anchor: str
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Values to write as they are, from one cell on; rows and columns count from 0."""

    title: str
    row: int
    column: int
    values: Cells


class Sheet(Protocol):
    """The owner's spreadsheet.  Every method raises `SheetAwayError` when it cannot be had."""

    async def read(self, wanted: Collection[str]) -> Reading:
        """Read the Config tab, and those of the wanted ones that are there.

        The Performance tab, where it is wanted, is made if it is missing.
        """

    async def anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        """Take hold of columns, all or none.  No cell that holds anything is changed."""

    async def write(
        self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        """Write everything or nothing.  A tab too small, as `reading` shows it, is enlarged first.

        A strip goes where its anchor lies at that moment, not where it lay in the reading.
        """

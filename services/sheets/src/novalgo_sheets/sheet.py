"""What the service needs of a spreadsheet: the port, and what crosses it."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    performance: Grid | None = None
    """None where it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Values to write as they are, from one cell on; rows and columns count from 0."""

    title: str
    row: int
    column: int
    values: Cells


class Sheet(Protocol):
    """The owner's spreadsheet.  Every method raises `SheetAwayError` when it cannot be had."""

    async def read(self, *, with_performance: bool) -> Reading:
        """Read the Config tab, and the Performance tab, which is made where it is missing."""

    async def write(self, reading: Reading, blocks: Sequence[Block]) -> None:
        """Write all blocks or none.  A tab too small, as `reading` shows it, is enlarged first."""

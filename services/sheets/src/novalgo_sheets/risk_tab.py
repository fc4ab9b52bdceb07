"""The Risk tab: the owner's HALT cell, and beside it what is halted and how the limits stand.

The cell below the header HALT is the owner's: it is read, and never written.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from novalgo_common.events import Event, HaltRequested, LimitState, ResumeRequested
from novalgo_sheets.boards import Boards
from novalgo_sheets.config_cell import as_text, plain
from novalgo_sheets.config_row import cell_at
from novalgo_sheets.performance_tab import dollars
from novalgo_sheets.sheet import Block, Cell, Grid
from novalgo_sheets.table import is_blank, place, rewrite

TITLE = "Risk"
HALT = "HALT"
HEADER = ("item", "value", "detail")
_START = 2
"""The table's first column in a new tab: HALT stands in the first, and one is left free."""
_OFF = ("false", "no", "0")
_REASON = "HALT is ticked in the sheet"


def switch(grid: Grid) -> bool | None:
    """Return whether HALT is ticked; None where that cannot be told, and nothing is to change.

    Whatever a person writes there means a halt, but for FALSE, no and 0.
    """
    top = [as_text(cell).upper() for cell in grid.cells[0]] if grid.cells else []
    if top.count(HALT) != 1 or len(grid.cells) < 2:
        return None
    text = as_text(cell_at(grid.cells[1], top.index(HALT))).lower()
    return text not in _OFF if text else None


def order(is_ticked: bool, now: datetime, event_id: UUID) -> Event:
    """Return what ticking or unticking HALT asks of executor."""
    if is_ticked:
        return HaltRequested(
            event_id=event_id,
            occurred_at=now,
            correlation_id=event_id,
            symbol=None,
            timeframe=None,
            reason=_REASON,
        )
    return ResumeRequested(
        event_id=event_id, occurred_at=now, correlation_id=event_id, symbol=None, timeframe=None
    )


def blocks(grid: Grid, boards: Boards, *, is_ticked: bool) -> Iterator[Block]:
    """Yield what to write; nothing in a tab that holds something else."""
    if is_blank(grid.cells):
        yield Block(title=grid.title, row=0, column=0, values=[[HALT]])
    start = place(grid, HEADER, at_first=_START)
    if start is not None:
        yield from rewrite(grid, start, HEADER, list(_lines(boards, is_ticked)))


def _lines(boards: Boards, is_ticked: bool) -> Iterator[Sequence[Cell]]:
    if boards.halts:
        yield "entries", "HALTED", "exits go on; untick HALT, or tick and untick it, to resume"
    elif is_ticked:
        yield "entries", "RUNNING", "HALT is ticked, but was lifted elsewhere: untick and tick it"
    else:
        yield "entries", "RUNNING", "tick HALT to stop all entries"
    for halt in boards.halts:
        yield "halt", halt.scope, halt.reason
    if boards.account is None:
        return
    account = boards.account
    yield "equity", dollars(account.equity), ""
    yield "since the previous close", dollars(account.earned), ""
    for limit in account.limits or ():
        yield f"limit: {limit.name}", plain(limit.most), _used(limit)


def _used(limit: LimitState) -> str:
    return "" if limit.used is None else f"{plain(limit.used.quantize(Decimal('0.01')))} used"

"""The Performance tab: one line a symbol, as the owner has always read it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from novalgo_common.clock import to_pacific
from novalgo_common.events import PerformanceRow, PerformanceUpdated
from novalgo_sheets.config_tab import cell_at
from novalgo_sheets.sheet import Block, Cell, Grid

HEADER: tuple[Cell, ...] = (
    "symbol",
    "total_trades",
    "winning_trades",
    "losing_trades",
    "win_rate",
    "total_pnl",
    "avg_pnl_per_trade",
    "best_trade",
    "worst_trade",
    "last_updated",
)


def performance_cells(update: PerformanceUpdated) -> list[tuple[Cell, ...]]:
    """Return the whole tab, header first."""
    last_updated = to_pacific(update.occurred_at).isoformat()
    return [HEADER, *((*_line(row), last_updated) for row in update.rows)]


def rewrite(grid: Grid, update: PerformanceUpdated) -> list[Block]:
    """Return what to write so that the tab shows the update, with the lines that vanish blanked.

    Columns beyond the header's are the owner's and stay.
    """
    wanted = performance_cells(update)
    blank: tuple[Cell, ...] = ("",) * len(HEADER)
    wanted += [blank] * (len(grid.cells) - len(wanted))
    return [
        Block(title=grid.title, row=index, column=0, values=[line])
        for index, line in enumerate(wanted)
        if _shown(grid, index) != line
    ]


def dollars(amount: Decimal) -> str:
    """Return `$250.50` or `-$12.00`."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"-${-cents}" if cents < 0 else f"${abs(cents)}"


def percent(part: int, whole: int) -> str:
    """Return `55.5%`; nothing of nothing is `0.0%`."""
    share = Decimal(100 * part) / whole if whole else Decimal(0)
    return f"{share.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"


def _line(row: PerformanceRow) -> tuple[Cell, ...]:
    average = row.total_pnl / row.total_trades if row.total_trades else Decimal(0)
    return (
        row.symbol,
        row.total_trades,
        row.winning_trades,
        row.losing_trades,
        percent(row.winning_trades, row.total_trades),
        dollars(row.total_pnl),
        dollars(average),
        dollars(row.best_trade),
        dollars(row.worst_trade),
    )


def _shown(grid: Grid, index: int) -> tuple[Cell, ...]:
    row: Sequence[Cell] = grid.cells[index] if index < len(grid.cells) else ()
    return tuple(cell_at(row, column) for column in range(len(HEADER)))

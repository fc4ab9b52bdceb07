"""The Performance tab: one line a symbol, as the owner has always read it, and their total."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from novalgo_common.clock import to_pacific
from novalgo_common.events import PerformanceRow, PerformanceUpdated
from novalgo_sheets import table
from novalgo_sheets.sheet import Block, Cell, Grid

TITLE = "Performance"
TOTAL = "TOTAL"
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


def lines(update: PerformanceUpdated) -> list[tuple[Cell, ...]]:
    """Return the tab's lines below its header, the total last."""
    last_updated = to_pacific(update.occurred_at).isoformat()
    rows = [_line(row.symbol, [row]) for row in update.rows]
    total = [_line(TOTAL, update.rows)] if update.rows else []
    return [(*line, last_updated) for line in (*rows, *total)]


def rewrite(grid: Grid, update: PerformanceUpdated) -> list[Block]:
    """Return what to write so that the tab shows the update, with the lines that vanish blanked.

    The first ten columns are ours, whatever a person made of their header; the others stay.
    """
    return list(table.rewrite(grid, 0, HEADER, lines(update)))


def dollars(amount: Decimal) -> str:
    """Return `$250.50` or `-$12.00`."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"-${-cents}" if cents < 0 else f"${abs(cents)}"


def percent(part: int, whole: int) -> str:
    """Return `55.5%`; nothing of nothing is `0.0%`."""
    share = Decimal(100 * part) / whole if whole else Decimal(0)
    return f"{share.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"


def _line(name: str, rows: Sequence[PerformanceRow]) -> tuple[Cell, ...]:
    trades, winning = sum(row.total_trades for row in rows), sum(row.winning_trades for row in rows)
    total = sum((row.total_pnl for row in rows), Decimal(0))
    return (
        name,
        trades,
        winning,
        sum(row.losing_trades for row in rows),
        percent(winning, trades),
        dollars(total),
        dollars(total / trades if trades else Decimal(0)),
        dollars(max(row.best_trade for row in rows)),
        dollars(min(row.worst_trade for row in rows)),
    )

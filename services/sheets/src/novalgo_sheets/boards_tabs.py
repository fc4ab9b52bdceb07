"""The tabs that the owner may switch on by adding them: Positions, Signals, Risk, Changes.

A tab that holds something else under one of these names is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from novalgo_common.clock import to_pacific
from novalgo_common.events import AccountSnapshotTaken, PositionSnapshot
from novalgo_sheets import risk_tab
from novalgo_sheets.boards import Boards, EditLine, SignalLine
from novalgo_sheets.config_cell import plain
from novalgo_sheets.kept import Kept
from novalgo_sheets.performance_tab import dollars
from novalgo_sheets.sheet import Block, Cell, Reading
from novalgo_sheets.table import place, rewrite

POSITIONS, SIGNALS, CHANGES = "Positions", "Signals", "Changes"
SLOW = (POSITIONS, SIGNALS, CHANGES)
"""Those that need not be looked at with every read."""
Lines: TypeAlias = Sequence[Sequence[Cell]]

HEADERS: Mapping[str, tuple[str, ...]] = {
    POSITIONS: (
        "symbol",
        "quantity",
        "average_price",
        "current_price",
        "market_value",
        "unrealized_pl",
        "external",
        "last_updated",
    ),
    SIGNALS: ("time", "action", "symbol", "Time Frame", "ending", "reason", "ended"),
    CHANGES: ("time", "version", "symbol", "Time Frame", "column", "old", "new"),
}


def blocks(reading: Reading, boards: Boards, kept: Kept) -> Iterator[Block]:
    """Yield what to write, Risk first."""
    risk = reading.others.get(risk_tab.TITLE)
    if risk is not None:
        yield from risk_tab.blocks(risk, boards, is_ticked=kept.halt_switch)
    for title, lines in _lines(boards).items():
        grid = reading.others.get(title)
        start = place(grid, HEADERS[title]) if grid is not None else None
        if grid is not None and start is not None:
            yield from rewrite(grid, start, HEADERS[title], lines)


def _lines(boards: Boards) -> Mapping[str, Lines]:
    account = boards.account
    return {
        POSITIONS: [_position(each, account) for each in account.positions] if account else [],
        SIGNALS: [_signal(line) for line in boards.signals],
        CHANGES: [_change(line) for line in boards.edits],
    }


def _position(position: PositionSnapshot, account: AccountSnapshotTaken) -> Sequence[Cell]:
    return (
        position.symbol,
        plain(position.quantity),
        dollars(position.average_price),
        _perhaps(position.current_price),
        _perhaps(position.market_value),
        _perhaps(position.unrealized_pl),
        plain(position.external),
        _time(account.occurred_at),
    )


def _signal(line: SignalLine) -> Sequence[Cell]:
    ended = _time(line.ended_at) if line.ended_at else ""
    return (
        _time(line.at),
        line.action,
        line.symbol,
        line.timeframe,
        line.ending or "",
        line.reason,
        ended,
    )


def _change(line: EditLine) -> Sequence[Cell]:
    edit = line.edit
    return (
        _time(line.at),
        line.version,
        edit.symbol,
        edit.timeframe,
        edit.field,
        edit.old or "",
        edit.new or "",
    )


def _perhaps(amount: Decimal | None) -> str:
    return dollars(amount) if amount is not None else ""


def _time(at: datetime) -> str:
    return to_pacific(at).isoformat(timespec="seconds")

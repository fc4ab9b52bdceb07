"""The Performance tab."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from novalgo_common.events.event import Amount, Event
from novalgo_common.symbols import Symbol


class PerformanceRow(BaseModel):
    """One symbol's closed trades over the window."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: Symbol
    total_trades: int
    winning_trades: int
    losing_trades: int
    total_pnl: Amount
    best_trade: Amount
    worst_trade: Amount


class PerformanceRequested(Event):
    """Somebody wants the Performance tab recomputed now."""

    type: Literal["performance.requested.v1"] = "performance.requested.v1"


class PerformanceUpdated(Event):
    """Analytics computed the Performance rows, the last 30 days."""

    type: Literal["performance.updated.v1"] = "performance.updated.v1"
    rows: tuple[PerformanceRow, ...]


class PerformanceWritten(Event):
    """The Performance tab shows the rows of the update with the same correlation id."""

    type: Literal["performance.written.v1"] = "performance.written.v1"

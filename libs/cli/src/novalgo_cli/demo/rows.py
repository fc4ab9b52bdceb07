"""The Config tab of the demo's owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Book: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the owner typed it."""

    symbol: str
    position_size: str
    active: str
    timeframe: str

    @property
    def book(self) -> Book:
        return self.symbol, self.timeframe


ROWS = (
    Row("AAPL", "2500", "TRUE", "5 Min"),
    Row("AAPL", "5000", "TRUE", "15 Min"),
    Row("MSFT", "5000", "TRUE", "15 Min"),
    Row("MSFT", "8000", "TRUE", "1 Hour"),
    Row("NVDA", "4000", "TRUE", "5 Min"),
    Row("NVDA", "$6,000", "TRUE", "30 Min"),
    Row("TSLA", "4500", "TRUE", "30 Min"),
    Row("AMZN", "5000", "TRUE", "45 Min"),
    Row("GOOGL", "3500", "TRUE", "15 Min"),
    Row("META", "6000", "TRUE", "30 Min"),
    Row("AMD", "2000", "TRUE", "5 Min"),
    Row("SPY", "10000", "TRUE", "1 Hour"),
    Row("QQQ", "7500", "TRUE", "15 Min"),
    Row("BRK.B", "3000", "TRUE", "45 Min"),
    Row("NFLX", "2500", "TRUE", "30 Min"),
    Row("INTC", "1500", "TRUE", "15 Min"),
    Row("JPM", "4000", "TRUE", "1 Hour"),
    Row("COIN", "1800", "TRUE", "5 Min"),
    Row("WMT", "3000", "TRUE", "45 Min"),
    Row("DIS", "2200", "FALSE", "45 Min"),
    Row("NOSHT", "2000", "TRUE", "15 Min"),
    Row("BRK.A", "5000", "TRUE", "1 Hour"),
    Row("PLTR", "five thousand", "TRUE", "15 Min"),
)

SILENT: Book = ("WMT", "45 Min")  # its strategy has nothing to say today
INACTIVE: Book = ("DIS", "45 Min")
UNSHORTABLE: Book = ("NOSHT", "15 Min")
TOO_SMALL: Book = ("BRK.A", "1 Hour")  # not a single share for its dollars, and no fractions
BAD: Book = ("PLTR", "15 Min")
RESIZED: Book = ("META", "30 Min")
SWITCHED_OFF: Book = ("INTC", "15 Min")
MISSING: tuple[Book, ...] = (("AAPL", "1 Day"), ("ORCL", "15 Min"), ("SPY", "5 Min"))

_SPECIAL = (SILENT, INACTIVE, UNSHORTABLE, TOO_SMALL, BAD, SWITCHED_OFF)
ORDINARY: tuple[Book, ...] = tuple(row.book for row in ROWS if row.book not in _SPECIAL)

FIELDS: Mapping[str, str] = {
    "symbol": "symbol",
    "position_size": "position_size",
    "active": "active",
    "Time Frame": "timeframe",
}
"""The field of a row that each column shows."""

MINUTES: Mapping[str, int] = {"5 Min": 5, "15 Min": 15, "30 Min": 30, "45 Min": 45, "1 Hour": 60}

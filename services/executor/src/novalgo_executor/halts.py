"""Halts stop the entries of a book, a symbol or everything until a person resumes.  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What a halt or a flattening covers: a book, a symbol's books, or everything."""

    symbol: str | None = None
    timeframe: str | None = None

    def covers(self, symbol: str, timeframe: str) -> bool:
        return self.symbol in (None, symbol) and self.timeframe in (None, timeframe)

    def __str__(self) -> str:
        return " ".join(part for part in (self.symbol, self.timeframe) if part) or "all"


@dataclass(frozen=True, slots=True)
class Halt:
    scope: Scope
    reason: str
    since: datetime


def halted(halts: Iterable[Halt], symbol: str, timeframe: str) -> Halt | None:
    """Return a halt that covers the book, or None."""
    return next((halt for halt in halts if halt.scope.covers(symbol, timeframe)), None)

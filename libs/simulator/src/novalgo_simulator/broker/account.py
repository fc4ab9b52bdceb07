"""Positions, and what the account is worth."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.order import Fill, Split

MARGIN_EQUITY = Decimal(2000)
"""Below this equity there is no margin and no shorting (FINRA Rule 4210)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Netted: one a symbol.  `qty` is negative where short; `cost` has the same sign."""

    symbol: str
    qty: Decimal
    cost: Decimal
    opened_at: datetime

    @property
    def avg_entry_price(self) -> Decimal:
        return self.cost / self.qty


def position_after(position: Position | None, fill: Fill) -> Position | None:
    """Return the position after the fill; None where it is flat.

    The average entry price moves with what is added and stays with what is taken away.
    """
    signed = fill.signed_qty
    if position is None:
        return Position(symbol=fill.symbol, qty=signed, cost=signed * fill.price, opened_at=fill.at)
    qty = position.qty + signed
    if qty == 0:
        return None
    if position.qty * signed > 0:
        return replace(position, qty=qty, cost=position.cost + signed * fill.price)
    if position.qty * qty < 0:  # only where an execution was undone later
        return replace(position, qty=qty, cost=qty * fill.price, opened_at=fill.at)
    return replace(position, qty=qty, cost=position.avg_entry_price * qty)


def position_after_split(position: Position | None, split: Split) -> Position | None:
    """Return the position after the split: what it cost stays, but for the fraction."""
    if position is None:
        return None
    qty = position.qty * split.ratio
    rest = qty - split.fraction
    return replace(position, qty=rest, cost=position.cost * rest / qty) if rest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """The account at one moment's prices; `short_value` is not positive."""

    cash: Decimal
    long_value: Decimal
    short_value: Decimal
    reserved: Decimal = ZERO
    """What open orders would add to the exposure."""

    @property
    def equity(self) -> Decimal:
        return self.cash + self.long_value + self.short_value

    @property
    def multiplier(self) -> int:
        return 4 if self.equity >= MARGIN_EQUITY else 1

    @property
    def may_short(self) -> bool:
        return self.equity >= MARGIN_EQUITY

    @property
    def exposure(self) -> Decimal:
        return self.long_value - self.short_value

    @property
    def buying_power(self) -> Decimal:
        return self.room(self.multiplier)

    def room(self, multiplier: int) -> Decimal:
        """Return the exposure that `multiplier` times the equity still allows."""
        return max(self.equity * multiplier - self.exposure - self.reserved, ZERO)

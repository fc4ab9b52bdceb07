"""How large an entry is.  Pure."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from novalgo_common.events import Action
from novalgo_executor.broker import Quote

SMALLEST_NOTIONAL = Decimal(1)
"""Dollars.  Alpaca's minimum for a dollar order."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Shares, or dollars where the quantity is None."""

    quantity: Decimal | None = None
    notional: Decimal | None = None


def size_entry(action: Action, dollars: Decimal, quote: Quote, *, in_dollars: bool) -> Size | None:
    """Return the size of an entry for `dollars`, or None where that is too small to trade.

    Longs take the dollars as they are where the asset allows it (`in_dollars`), rounded down to
    the cent; else whole shares at the ask.  Shorts are whole shares at the bid: Alpaca sells
    neither fractions nor dollars short.
    """
    if action is Action.BUY and in_dollars:
        notional = dollars.quantize(CENT, rounding=ROUND_DOWN)
        return Size(notional=notional) if notional >= SMALLEST_NOTIONAL else None
    price = quote.ask if action is Action.BUY else quote.bid
    quantity = (dollars / price).to_integral_value(rounding=ROUND_DOWN)
    return Size(quantity=quantity) if quantity > 0 else None

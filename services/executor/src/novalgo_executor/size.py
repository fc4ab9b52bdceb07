"""How large an entry is.  Pure."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from novalgo_common.events import Action, ConfigRow, Sizing
from novalgo_executor.broker import Quote

SMALLEST_NOTIONAL = Decimal(1)
"""Dollars.  Alpaca's minimum for a dollar order."""
CENT = Decimal("0.01")
SHARE_FRACTION = Decimal("1E-9")
"""Alpaca counts shares to nine decimals."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Shares, or dollars where the quantity is None."""

    quantity: Decimal | None = None
    notional: Decimal | None = None


def size_row(
    action: Action, row: ConfigRow, quote: Quote, equity: Decimal, *, in_dollars: bool
) -> Size | None:
    """Return the size that the row asks for, or None where that is too small to trade.

    `in_dollars` says whether a long may have fractions.  A `max_position` makes it smaller.
    """
    price = _price(action, quote)
    if row.sizing is Sizing.SHARES and (
        row.max_position is None or row.position_size * price <= row.max_position
    ):
        step = SHARE_FRACTION if action is Action.BUY and in_dollars else Decimal(1)
        quantity = row.position_size.quantize(step, rounding=ROUND_DOWN)
        return Size(quantity=quantity) if quantity > 0 else None
    dollars = _dollars(row, price, equity)
    if row.max_position is not None:
        dollars = min(dollars, row.max_position)
    return size_entry(action, dollars, quote, in_dollars=in_dollars)


def size_entry(action: Action, dollars: Decimal, quote: Quote, *, in_dollars: bool) -> Size | None:
    """Return the size of an entry for `dollars`, or None where that is too small to trade.

    Longs take the dollars as they are where the asset allows it (`in_dollars`), rounded down to
    the cent; else whole shares at the ask.  Shorts are whole shares at the bid: Alpaca sells
    neither fractions nor dollars short.
    """
    if action is Action.BUY and in_dollars:
        notional = dollars.quantize(CENT, rounding=ROUND_DOWN)
        return Size(notional=notional) if notional >= SMALLEST_NOTIONAL else None
    quantity = (dollars / _price(action, quote)).to_integral_value(rounding=ROUND_DOWN)
    return Size(quantity=quantity) if quantity > 0 else None


def too_small(row: ConfigRow, quote: Quote, equity: Decimal) -> str:
    """Return why a size came to nothing, in words."""
    size = row.position_size
    match row.sizing:
        case Sizing.SHARES:
            asked = f"{size} shares"
        case Sizing.PERCENT:
            asked = f"{size} percent of {equity} dollars"
        case Sizing.RISK:
            asked = f"{size} dollars at risk with a stop {row.stop_distance} away"
        case _:
            asked = f"{size} dollars"
    most = f", at most {row.max_position} dollars," if row.max_position is not None else ""
    return f"{asked}{most} are less than one share at {quote.ask}"


def _price(action: Action, quote: Quote) -> Decimal:
    return quote.ask if action is Action.BUY else quote.bid


def _dollars(row: ConfigRow, price: Decimal, equity: Decimal) -> Decimal:
    match row.sizing:
        case Sizing.SHARES:
            return row.position_size * price
        case Sizing.PERCENT:
            return max(equity, Decimal(0)) * row.position_size / HUNDRED
        case Sizing.RISK:
            assert row.stop_distance is not None
            return row.position_size * price / row.stop_distance
    return row.position_size

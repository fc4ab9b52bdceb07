"""Amounts on the wire: decimals, written as Alpaca writes them."""

from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
SMALLEST_QUANTITY = Decimal("0.000000001")


def plain(amount: Decimal) -> str:
    """Return the amount without exponent, trailing zeros or a negative zero."""
    return format((amount + 0).normalize(), "f")


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """Return `part / whole` to nine decimals; 0 where there is no whole."""
    return (part / whole).quantize(SMALLEST_QUANTITY) if whole else ZERO


def shares_for(dollars: Decimal, price: Decimal) -> Decimal:
    """Return what the dollars buy, rounded down to nine decimals."""
    return (dollars / price).quantize(SMALLEST_QUANTITY, rounding=ROUND_DOWN)


def decimals(amount: Decimal) -> int:
    """Return how many decimals the amount needs."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_whole(amount: Decimal) -> bool:
    return amount == amount.to_integral_value()

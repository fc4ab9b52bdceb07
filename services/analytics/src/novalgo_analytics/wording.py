"""How numbers and times read where people read them.  Pure."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from novalgo_common.clock import to_pacific

CENT = Decimal("0.01")
MINUS = "\N{MINUS SIGN}"
NOT_ENOUGH = "not enough data"


def dollars(amount: Decimal) -> str:
    """Return `$1,234.50`, a loss with a minus before it."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{MINUS if cents < 0 else ''}${abs(cents):,.2f}"


def gain(amount: Decimal) -> str:
    """Return dollars with their sign, so that it does not hang on the colour: `+$3.00`."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"+{dollars(amount)}" if cents > 0 else dollars(amount)


def tone(amount: Decimal) -> str:
    """Return the style that the amount is shown in: up, down or flat."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return "up" if cents > 0 else "down" if cents < 0 else "flat"


def shares(quantity: Decimal) -> str:
    """Return the quantity with at most six decimals: `25`, `0.333333`."""
    text = f"{abs(quantity):,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS if quantity < 0 else ''}{text}"


def moment(at: datetime) -> str:
    """Return the Pacific time, as everywhere that the owner reads times: `Nov 11 09:00:00`."""
    return to_pacific(at).strftime("%b %d %H:%M:%S")


def day(at: date) -> str:
    """Return `Nov 11 2026`."""
    return f"{at:%b} {at.day} {at.year}"


def percent(part: float | None) -> str:
    """Return `5.2%`, or that there is not enough data."""
    return NOT_ENOUGH if part is None else f"{part * 100:,.1f}%".replace("-", MINUS)


def number(value: float | None) -> str:
    """Return `1.35`, or that there is not enough data."""
    return NOT_ENOUGH if value is None else f"{value:,.2f}".replace("-", MINUS)


def seconds(value: float) -> str:
    """Return `85 ms`, `1.30 s` or `2 min 5 s`."""
    if abs(value) < 1:
        return f"{value * 1000:.0f} ms".replace("-", MINUS)
    if abs(value) < 100:
        return f"{value:.2f} s".replace("-", MINUS)
    return f"{value / 60:,.0f} min {value % 60:.0f} s"


def words(code: str) -> str:
    """Return `already_long` as `already long`."""
    return code.replace("_", " ")

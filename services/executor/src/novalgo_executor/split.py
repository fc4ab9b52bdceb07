"""Splits and mergers of shares: what they make of the books.  Pure.

A split changes how many shares there are, and not what they cost.  It is known from Alpaca's
notice, or recognised: the average price has changed against the quantity, by the same ratio.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO
from novalgo_executor.reconcile import sum_of

SMALLEST_SHARE = Decimal("0.000000001")
ROUNDING = Decimal("0.0002")
"""The part by which a ratio of average prices, which Alpaca rounds, may be wrong."""
SMALLEST_CHANGE = Decimal("0.01")
"""A ratio that is nearer to 1 than this is no split."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A position as the broker stated it when the books last agreed with it."""

    quantity: Decimal
    average_price: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """What a split makes of a holder's shares; `timeframe` is None for the external remainder."""

    timeframe: str | None
    before: Decimal
    after: Decimal


def noticed(ratio: Decimal | None, holdings: Holdings, stated: Decimal) -> bool:
    """Return whether a split that was announced explains the position."""
    return ratio is not None and _explains(ratio, sum_of(holdings), stated, SMALLEST_SHARE)


def recognised(before: Stated | None, holdings: Holdings, position: BrokerPosition | None) -> bool:
    """Return whether the position is what a split would have made of the one before."""
    if before is None or position is None or before.quantity != sum_of(holdings):
        return False
    if not position.average_price or not before.average_price:
        return False
    ratio = before.average_price / position.average_price
    if abs(ratio - 1) < SMALLEST_CHANGE:
        return False
    slack = abs(before.quantity * ratio) * ROUNDING
    return _explains(ratio, before.quantity, position.quantity, slack)


def _explains(ratio: Decimal, before: Decimal, after: Decimal, slack: Decimal) -> bool:
    """Return whether `after` is what is left of `before`, once a fraction was paid in cash."""
    scaled = before * ratio
    if after and scaled * after <= 0:
        return False
    fraction = abs(scaled) % 1
    paid = abs(scaled) - abs(after)
    return before != after and min(abs(paid), abs(paid - fraction)) <= slack


def parts(holdings: Holdings, stated: Decimal) -> list[Part]:
    """Share the position after a split out to those who held the one before, in proportion.

    Whole shares stay whole where all were: a fraction that was paid in cash is taken from the
    holders' fractions.
    """
    held = [(None, holdings.external), *sorted(holdings.books.items())]
    holders = [(timeframe, before) for timeframe, before in held if before]
    ratio = stated / sum_of(holdings)
    whole = all(_is_whole(before) for _, before in holders) and _is_whole(stated)
    scaled = [before * ratio for _, before in holders]
    unit = Decimal(1) if whole else SMALLEST_SHARE
    after = _rounded(scaled, stated, unit)
    return [
        Part(timeframe, before, _shortest(quantity))
        for (timeframe, before), quantity in zip(holders, after, strict=True)
    ]


def _rounded(scaled: Sequence[Decimal], total: Decimal, unit: Decimal) -> list[Decimal]:
    """Round towards zero to units, and give what is missing to the largest fractions."""
    rounded = [amount.quantize(unit, rounding=ROUND_DOWN) for amount in scaled]
    missing = total - sum(rounded, ZERO)
    step = unit.copy_sign(missing)
    by_fraction = sorted(
        range(len(scaled)), key=lambda place: -(scaled[place] - rounded[place]) * step
    )
    for place in by_fraction[: int(abs(missing) / unit)]:
        rounded[place] += step
    return rounded


def _shortest(quantity: Decimal) -> Decimal:
    return quantity.quantize(Decimal(1)) if _is_whole(quantity) else quantity.normalize()


def _is_whole(quantity: Decimal) -> bool:
    return quantity == quantity.to_integral_value()

"""Counting each fill once.  Pure.

The stream and the polls repeat the same executions, late and in any order.  An execution of an
order covers the shares from (cumulative - quantity) to cumulative: it is new exactly when no
counted fill of the order covers any of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """The part of an order's quantity that one fill covers."""

    start: Decimal
    end: Decimal


def is_new(quantity: Decimal, cumulative: Decimal, counted: Iterable[Span]) -> bool:
    """Return whether a fill covers shares that no counted one does."""
    start = cumulative - quantity
    return all(cumulative <= span.start or start >= span.end for span in counted)

"""How much was at work, and how often it changed hands.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.accounting.movement import Movement, Step
from novalgo_analytics.facts import AccountDay
from novalgo_analytics.measures.returns import DAYS_A_YEAR, LEAST_TO_ANNUALISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    exposure: float | None
    """Dollars in longs and shorts together as a part of the equity, the days' mean."""
    traded: Decimal
    """Dollars bought and sold."""
    turnover: float | None
    """How often a year the mean equity was bought and sold again (half of what was traded)."""


def activity(days: Sequence[AccountDay], traded: Decimal) -> Activity:
    equity = fmean(float(each.equity) for each in days) if days else 0.0
    turnover = None
    if len(days) >= LEAST_TO_ANNUALISE and equity > 0:
        turnover = float(traded) / 2 / equity * DAYS_A_YEAR / len(days)
    return Activity(
        exposure=fmean(float(each.exposure) for each in days) if days else None,
        traded=traded,
        turnover=turnover,
    )


def traded_dollars(steps: Iterable[Step]) -> Decimal:
    """Return the dollars that fills bought and sold for, together."""
    fills = (step for step in steps if isinstance(step, Movement) and not step.is_adoption)
    return sum((abs(fill.quantity) * fill.price for fill in fills), NONE)

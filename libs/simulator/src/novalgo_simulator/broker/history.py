"""What the account was worth at earlier moments.  Pure: prices are passed in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.order import Fill

PriceAt: TypeAlias = Callable[[str, datetime], Decimal]


def equity_curve(
    starting_cash: Decimal,
    steps: Sequence[Fill | CashActivity],
    moments: Sequence[datetime],
    price_at: PriceAt,
) -> Iterator[Decimal]:
    """Yield the equity at each moment: the steps until then, at that moment's prices.

    Steps and moments are in the order of time.
    """
    cash, held, counted = starting_cash, defaultdict[str, Decimal](Decimal), 0
    for moment in moments:
        while counted < len(steps) and steps[counted].at <= moment:
            step = steps[counted]
            cash += step.cash
            if isinstance(step, Fill):
                held[step.symbol] += step.signed_qty
            counted += 1
        values = (qty * price_at(symbol, moment) for symbol, qty in held.items() if qty)
        yield cash + sum(values, ZERO)

"""What the account was worth at earlier moments.  Pure: prices are passed in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.order import Fill

PriceAt: TypeAlias = Callable[[str, datetime], Decimal]


def equity_curve(
    starting_cash: Decimal, fills: Sequence[Fill], moments: Sequence[datetime], price_at: PriceAt
) -> Iterator[Decimal]:
    """Yield the equity at each moment: the fills until then, at that moment's prices.

    Fills and moments are in the order of time.
    """
    cash, held, counted = starting_cash, defaultdict[str, Decimal](Decimal), 0
    for moment in moments:
        while counted < len(fills) and fills[counted].at <= moment:
            cash += fills[counted].cash
            held[fills[counted].symbol] += fills[counted].signed_qty
            counted += 1
        values = (qty * price_at(symbol, moment) for symbol, qty in held.items() if qty)
        yield cash + sum(values, ZERO)

"""Our books against the broker's positions.  Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO


def drift(
    positions: Sequence[BrokerPosition], known: Mapping[str, Holdings]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return, by symbol, the shares that the broker has beyond our books, and their price."""
    stated = {position.symbol: position for position in positions}
    found = {}
    for symbol in stated.keys() | known.keys():
        ours = sum_of(known[symbol]) if symbol in known else ZERO
        position = stated.get(symbol)
        difference = (position.quantity if position else ZERO) - ours
        if difference:
            found[symbol] = (difference, position.average_price if position else ZERO)
    return found


def in_books(holdings: Holdings) -> Decimal:
    return sum(holdings.books.values(), ZERO)


def sum_of(holdings: Holdings) -> Decimal:
    """Return the position that the broker should state."""
    return in_books(holdings) + holdings.external

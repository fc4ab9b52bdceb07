"""Our books against the broker's positions.  Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from novalgo_common.events import OrderStatus
from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO, Order

GIVEN_UP_AFTER = timedelta(minutes=5)


def drift(
    positions: Sequence[BrokerPosition], known: Mapping[str, Holdings]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return, by symbol, the shares that the broker has beyond our books, and their price."""
    stated = {position.symbol: position for position in positions}
    found = {}
    for symbol in sorted(stated.keys() | known.keys()):
        ours = sum_of(known[symbol]) if symbol in known else ZERO
        position = stated.get(symbol)
        difference = (position.quantity if position else ZERO) - ours
        if difference:
            found[symbol] = (difference, position.average_price if position else ZERO)
    return found


def is_given_up(order: Order, denied_for: timedelta) -> bool:
    """Return whether Alpaca has denied an order for so long that it counts as never arrived.

    Else its symbol would count as moving, and drift in it stay, for ever.  Should the order stand
    all the same, its fills name it.
    """
    return order.status is OrderStatus.UNKNOWN and denied_for >= GIVEN_UP_AFTER


def moving_symbols(
    unfinished: Sequence[Order], denied_for: Callable[[Order], timedelta]
) -> set[str]:
    """Return the symbols of which an order is on its way, so that their positions may change."""
    return {
        order.request.symbol for order in unfinished if not is_given_up(order, denied_for(order))
    }


def in_books(holdings: Holdings) -> Decimal:
    return sum(holdings.books.values(), ZERO)


def sum_of(holdings: Holdings) -> Decimal:
    """Return the position that the broker should state."""
    return in_books(holdings) + holdings.external

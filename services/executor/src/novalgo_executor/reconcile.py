"""Our books against the broker's positions.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_common.events import ConfigRow
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.facts import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Shares at the broker that no fill explains, and whose they become."""

    symbol: str
    timeframe: str | None
    """The book, or None where they stay external."""
    quantity: Decimal
    average_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What our store holds of a symbol."""

    in_books: Decimal
    external: Decimal


def drift(
    positions: Sequence[BrokerPosition], known: Mapping[str, Known]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return, by symbol, the shares that the broker has beyond our books, and their price."""
    stated = {position.symbol: position for position in positions}
    found = {}
    for symbol in stated.keys() | known.keys():
        ours = known.get(symbol, Known(in_books=ZERO, external=ZERO))
        position = stated.get(symbol)
        difference = (position.quantity if position else ZERO) - ours.in_books - ours.external
        if difference:
            found[symbol] = (difference, position.average_price if position else ZERO)
    return found


def adopt(
    symbol: str,
    quantity: Decimal,
    average_price: Decimal,
    *,
    known: Known | None,
    rows: Sequence[ConfigRow],
) -> Adoption:
    """Return whose unexplained shares become.

    A position that was there before NovAlgo knew the symbol belongs to its row where exactly one
    is active; any other difference is external.
    """
    active = [row.timeframe for row in rows if row.symbol == symbol and row.active]
    timeframe = active[0] if known is None and len(active) == 1 else None
    return Adoption(
        symbol=symbol, timeframe=timeframe, quantity=quantity, average_price=average_price
    )

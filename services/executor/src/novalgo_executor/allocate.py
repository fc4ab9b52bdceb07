"""Whose become shares that no order of ours moved.  Pure.

A trade by hand, a liquidation or a reset that takes shares away takes the external ones first and
then those of the books: a book must never believe in shares that are gone, or its close would open
the other side.  Shares that come are external, but for two cases: the position of a symbol that
NovAlgo had not known goes to the symbol's only active row, and unexplained growth of a symbol that
one book holds alone (a stock dividend) goes to that book.  Splits are split.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_common.events import ConfigRow
from novalgo_executor.facts import ZERO


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the shares: signed, and the book that it is added to; None is external."""

    timeframe: str | None
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What our store holds of a symbol: signed shares by timeframe, and the external remainder."""

    books: Mapping[str, Decimal]
    external: Decimal


def allocate_trade(quantity: Decimal, holdings: Holdings) -> list[Share]:
    """Return whose become the signed shares of a fill that was not ours."""
    taken = _take_away(quantity, holdings)
    rest = quantity - sum((share.quantity for share in taken), ZERO)
    if not rest:
        return taken
    external = sum((share.quantity for share in taken if share.timeframe is None), rest)
    return [*(share for share in taken if share.timeframe is not None), Share(None, external)]


def allocate_drift(
    quantity: Decimal, symbol: str, holdings: Holdings | None, rows: Sequence[ConfigRow]
) -> list[Share]:
    """Return whose become signed shares that no fill explains.

    `holdings` is None for a symbol that NovAlgo had not known.
    """
    if holdings is None:
        active = [row.timeframe for row in rows if row.symbol == symbol and row.active]
        return [Share(active[0] if len(active) == 1 else None, quantity)]
    held = {timeframe: amount for timeframe, amount in holdings.books.items() if amount}
    if len(held) == 1 and holdings.external == 0:
        [(timeframe, amount)] = held.items()
        if amount * quantity > 0:
            return [Share(timeframe, quantity)]
    return allocate_trade(quantity, holdings)


def _take_away(quantity: Decimal, holdings: Holdings) -> list[Share]:
    """Return what is taken from holdings of the other side, the external ones first."""
    books = sorted(holdings.books.items(), key=lambda book: (-abs(book[1]), book[0]))
    taken: list[Share] = []
    rest = quantity
    for timeframe, held in [(None, holdings.external), *books]:
        if held * rest < 0:
            part = rest if abs(rest) <= abs(held) else -held
            taken.append(Share(timeframe, part))
            rest -= part
    return taken

"""Profit and loss of one symbol, seen in two ways.  Pure.

- The *account* matches every fill of the symbol first in, first out, whoever made it.  This is the
  truth of the account, and what the Performance rows tell.
- A *book* matches only its own fills; EXTERNAL is the book of what was not traded by NovAlgo.

Both count the same dollars: realised plus unrealised is what the shares cost and brought, plus what
those left are worth, whichever shares are said to be gone.  So the sums agree, always, while
realised alone may not: where the 30 minute chart sells what the 15 minute chart bought first, the
account has closed the older lot, and the book its own.  Where one symbol has one book, the two are
equal.
"""

from collections.abc import Iterable
from dataclasses import replace

from novalgo_analytics.lots import NONE, Closing, Lots
from novalgo_analytics.movement import Movement

EXTERNAL = None


class Ledger:
    """One symbol's account and its books.  Movements are applied in the order of `sort_key`."""

    def __init__(self) -> None:
        self.account = Lots()
        self.books: dict[str | None, Lots] = {}
        self.last: Movement | None = None
        """The newest movement."""
        self.last_price = NONE
        """What a share was last traded or adopted for."""

    def is_late(self, movement: Movement) -> bool:
        """Say whether the movement belongs before one that was applied: then rebuild."""
        return self.last is not None and movement.sort_key < self.last.sort_key

    def apply(self, movement: Movement) -> list[Closing]:
        """Move the account and the book; return what the movement closed in the account."""
        self.last = movement
        self.last_price = movement.price or self.last_price
        if movement.is_adoption:
            return self._adopt(movement)
        self._book(movement.timeframe).move(movement)
        return self.account.move(movement)

    def _adopt(self, movement: Movement) -> list[Closing]:
        # Shares that come or go without a trade earn nothing: what is gone leaves at its own cost.
        book = self._book(movement.timeframe)
        gone = self.account.take(-movement.quantity)
        for lot in gone:
            book.move(replace(movement, quantity=-lot.quantity, price=lot.price))
        came = movement.quantity + sum((lot.quantity for lot in gone), NONE)
        book.move(replace(movement, quantity=came))
        return self.account.move(replace(movement, quantity=came))

    def _book(self, timeframe: str | None) -> Lots:
        return self.books.setdefault(timeframe, Lots())


def build(movements: Iterable[Movement]) -> Ledger:
    """Return the ledger of one symbol's movements, in whatever order they are given."""
    ledger = Ledger()
    for movement in sorted(movements, key=lambda movement: movement.sort_key):
        ledger.apply(movement)
    return ledger

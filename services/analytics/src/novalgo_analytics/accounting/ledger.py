"""Profit and loss of one symbol, seen in two ways.  Pure.

- The *account* matches every fill of the symbol first in, first out, whoever made it.  This is the
  truth of the account, and what the Performance rows tell.
- A *book* matches only its own fills; EXTERNAL is the book of what was not traded by NovAlgo.

Both count the same dollars: realised plus unrealised is what the shares cost and brought, plus what
those left are worth, whichever shares are said to be gone.  So the sums agree, always, while
realised alone may not: where the 30 minute chart sells what the 15 minute chart bought first, the
account has closed the older lot, and the book its own.  Where one symbol has one book, the two are
equal.

A third number stands beside them: the account at *average cost*, as brokers' screens show it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from novalgo_analytics.accounting.average_cost import AverageCost
from novalgo_analytics.accounting.lots import CLOSINGS_KEPT, NONE, Closing, Lots
from novalgo_analytics.accounting.movement import Movement, Part, Split, Step

EXTERNAL = None


class Ledger:
    """One symbol's account and its books.  Steps are applied in the order of `sort_key`."""

    def __init__(self, kept: timedelta | None = CLOSINGS_KEPT) -> None:
        self._kept = kept
        self.account = Lots(kept)
        self.average = AverageCost()
        self.books: dict[str | None, Lots] = {}
        self.last: Step | None = None
        """The newest step."""
        self.last_price = NONE
        """What a share was last traded or adopted for, in today's shares."""

    def is_late(self, step: Step) -> bool:
        """Say whether the step belongs before one that was applied: then rebuild."""
        return self.last is not None and step.sort_key < self.last.sort_key

    def keep(self, kept: timedelta | None) -> None:
        """Remember closings so far back from now on."""
        self._kept = kept
        for lots in (self.account, *self.books.values()):
            lots.keep(kept)

    def apply(self, step: Step) -> list[Closing]:
        """Move the account and the book; return what the step closed in the account."""
        self.last = step
        if isinstance(step, Split):
            self._split(step)
            return []
        self.last_price = step.price or self.last_price
        if step.is_adoption:
            return self._adopt(step)
        self._book(step.timeframe).move(step)
        self.average.move(step)
        return self.account.move(step)

    def _adopt(self, movement: Movement) -> list[Closing]:
        # Shares that come or go without a trade earn nothing: what is gone leaves at its own cost.
        book = self._book(movement.timeframe)
        gone = self.account.take(-movement.quantity)
        for lot in gone:
            book.move(replace(movement, quantity=-lot.quantity, price=lot.price))
            book.realised += lot.rest
            self.average.take(lot.quantity)
        came = movement.quantity + sum((lot.quantity for lot in gone), NONE)
        arrived = replace(movement, quantity=came)
        book.move(arrived)
        self.average.move(arrived)
        return self.account.move(arrived)

    def _split(self, split: Split) -> None:
        ratio = split.ratio
        for part in split.parts:
            self._book(part.timeframe).split(part, ratio)
        named = {part.timeframe for part in split.parts}
        for timeframe, book in self.books.items():
            if timeframe not in named:  # its shares came to light later than the split
                book.split(Part(timeframe=timeframe, before=NONE, after=NONE), ratio)
        self.account.split(split.whole, ratio)
        self.average.quantity = self.account.quantity
        self.last_price /= ratio

    def _book(self, timeframe: str | None) -> Lots:
        found = self.books.get(timeframe)
        if found is None:
            found = self.books[timeframe] = Lots(self._kept)
        return found


def build(steps: Iterable[Step], kept: timedelta | None = CLOSINGS_KEPT) -> Ledger:
    """Return the ledger of one symbol's steps, in whatever order they are given.

    `kept` says how far back its closings are remembered; None remembers all.
    """
    ledger = Ledger(kept)
    for step in sorted(steps, key=lambda step: step.sort_key):
        ledger.apply(step)
    return ledger

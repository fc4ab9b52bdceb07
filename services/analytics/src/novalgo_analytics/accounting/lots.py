"""First in, first out: which shares a trade closes, and what that earned.  Pure."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from novalgo_analytics.accounting.movement import Movement, Part

NONE = Decimal(0)
SHARE_DIGITS = Decimal("0.000000001")
"""The smallest part of a share at Alpaca; a split lot's price has as many digits."""
CLOSINGS_KEPT = timedelta(days=40)
"""More than any window that is looked at all the time; what is older is matched again on demand."""


class Lot(NamedTuple):
    """Shares that were opened together; negative when short.

    Lots and closings are tuples: a million of them are made several times as fast.
    """

    quantity: Decimal
    price: Decimal
    opened_at: datetime
    rest: Decimal = NONE
    """What a split price, cut to its digits, leaves of the cost; it goes with the last share."""

    @property
    def cost(self) -> Decimal:
        """Return the dollars paid, negative where a short brought them in."""
        return self.quantity * self.price + self.rest


class Closing(NamedTuple):
    """A lot, or a part of one, that a movement closed."""

    symbol: str
    timeframe: str | None
    """The book of the movement that closed it."""
    order: str
    """The order that closed it."""
    quantity: Decimal
    """Signed as the lot was: of a short that was bought back it is negative."""
    opened_price: Decimal
    opened_at: datetime
    price: Decimal
    closed_at: datetime
    rest: Decimal = NONE

    @property
    def realised(self) -> Decimal:
        """Return the dollars earned, negative when lost."""
        return self.quantity * (self.price - self.opened_price) - self.rest


class Lots:
    """The open lots of one account, oldest first, all long or all short; and what was closed."""

    def __init__(self, kept: timedelta | None = CLOSINGS_KEPT) -> None:
        self._open: deque[Lot] = deque()
        self._kept = kept
        self.quantity = NONE
        self.realised = NONE
        self.closings: deque[Closing] = deque()
        """Oldest first: all of them where `kept` is None, else those of so long before the last."""

    @property
    def open(self) -> Iterable[Lot]:
        return tuple(self._open)

    @property
    def cost(self) -> Decimal:
        """Return the dollars that the open lots cost, negative where shorts brought them in."""
        return sum((lot.cost for lot in self._open), NONE)

    def move(self, movement: Movement) -> list[Closing]:
        """Close what lies on the other side, oldest first, and open a lot with what is left."""
        closings: list[Closing] = []
        left = movement.quantity
        if self._open and (self._open[0].quantity > 0) != (left > 0):
            for lot in self.take(-left):
                closing = _closing(lot, movement)
                closings.append(closing)
                self.realised += closing.realised
                left += lot.quantity
            self._keep(closings)
        if left:
            self._open.append(Lot(left, movement.price, movement.at))
            self.quantity += left
        return closings

    def take(self, quantity: Decimal) -> list[Lot]:
        """Take out at most `quantity` (signed) of the oldest lots, if they are on that side."""
        taken: list[Lot] = []
        while quantity and self._open and (self._open[0].quantity > 0) == (quantity > 0):
            lot = self._open.popleft()
            if abs(lot.quantity) > abs(quantity):
                self._open.appendleft(lot._replace(quantity=lot.quantity - quantity))
                lot = lot._replace(quantity=quantity, rest=NONE)
            taken.append(lot)
            quantity -= lot.quantity
            self.quantity -= lot.quantity
        return taken

    def split(self, part: Part, ratio: Decimal) -> None:
        """Make of the lots what a split made of them: other quantities, not a cent of other cost.

        Where our count is the one that was split, it becomes exactly what the split says.  Where
        it is not (an earlier fill is still to come, and with it a rebuild) the ratio tells.
        """
        if not self._open:
            return
        after = part.after if self.quantity == part.before else _shares(self.quantity * ratio)
        self._open = _split(self._open, after, ratio)
        self.quantity = sum((lot.quantity for lot in self._open), NONE)

    def keep(self, kept: timedelta | None) -> None:
        """Remember closings so far back from now on."""
        self._kept = kept
        self._keep(())

    def unrealised(self, price: Decimal) -> Decimal:
        """Return the dollars that closing everything at `price` would earn."""
        return self.quantity * price - self.cost

    def _keep(self, closings: Iterable[Closing]) -> None:
        self.closings.extend(closings)
        if self._kept is None or not self.closings:
            return
        oldest = self.closings[-1].closed_at - self._kept
        while self.closings[0].closed_at < oldest:
            self.closings.popleft()


def _split(lots: deque[Lot], after: Decimal, ratio: Decimal) -> deque[Lot]:
    """Return the lots of together `after` shares; the newest takes what the digits leave."""
    split: deque[Lot] = deque()
    left, carried = after, NONE
    for number, lot in enumerate(lots, start=1):
        cost = lot.cost + carried
        quantity = left if number == len(lots) else _shares(lot.quantity * ratio)
        carried = cost
        if quantity:
            split.append(_priced(lot, quantity, cost))
            left, carried = left - quantity, NONE
    if carried and split:
        split[-1] = _priced(split[-1], split[-1].quantity, split[-1].cost + carried)
    return split


def _priced(lot: Lot, quantity: Decimal, cost: Decimal) -> Lot:
    price = (cost / quantity).quantize(SHARE_DIGITS, ROUND_HALF_EVEN)
    return lot._replace(quantity=quantity, price=price, rest=cost - quantity * price)


def _shares(quantity: Decimal) -> Decimal:
    return quantity.quantize(SHARE_DIGITS, ROUND_HALF_EVEN)


def _closing(lot: Lot, movement: Movement) -> Closing:
    return Closing(
        movement.symbol,
        movement.timeframe,
        movement.order,
        lot.quantity,
        lot.price,
        lot.opened_at,
        movement.price,
        movement.at,
        lot.rest,
    )

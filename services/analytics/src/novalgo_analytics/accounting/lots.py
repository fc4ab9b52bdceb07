"""First in, first out: which shares a trade closes, and what that earned.  Pure."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from novalgo_analytics.movement import Movement

NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares that were opened together; negative when short."""

    quantity: Decimal
    price: Decimal
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
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

    @property
    def realised(self) -> Decimal:
        """Return the dollars earned, negative when lost."""
        return self.quantity * (self.price - self.opened_price)


class Lots:
    """The open lots of one account, oldest first, all long or all short; and what was closed."""

    def __init__(self) -> None:
        self._open: deque[Lot] = deque()
        self.quantity = NONE
        self.realised = NONE
        self.closings: list[Closing] = []

    @property
    def open(self) -> Iterable[Lot]:
        return tuple(self._open)

    def move(self, movement: Movement) -> list[Closing]:
        """Close what lies on the other side, oldest first, and open a lot with what is left."""
        closed = self.take(-movement.quantity)
        closings = [_closing(lot, movement) for lot in closed]
        self.closings.extend(closings)
        self.realised += sum((closing.realised for closing in closings), NONE)
        left = movement.quantity + sum((lot.quantity for lot in closed), NONE)
        if left:
            self._open.append(Lot(quantity=left, price=movement.price, opened_at=movement.at))
            self.quantity += left
        return closings

    def take(self, quantity: Decimal) -> list[Lot]:
        """Take out at most `quantity` (signed) of the oldest lots, if they are on that side."""
        taken: list[Lot] = []
        while quantity and self._open and (self._open[0].quantity > 0) == (quantity > 0):
            lot = self._open.popleft()
            if abs(lot.quantity) > abs(quantity):
                self._open.appendleft(replace(lot, quantity=lot.quantity - quantity))
                lot = replace(lot, quantity=quantity)
            taken.append(lot)
            quantity -= lot.quantity
            self.quantity -= lot.quantity
        return taken

    def unrealised(self, price: Decimal) -> Decimal:
        """Return the dollars that closing everything at `price` would earn."""
        return sum((lot.quantity * (price - lot.price) for lot in self._open), NONE)


def _closing(lot: Lot, movement: Movement) -> Closing:
    return Closing(
        symbol=movement.symbol,
        timeframe=movement.timeframe,
        order=movement.order,
        quantity=lot.quantity,
        opened_price=lot.price,
        opened_at=lot.opened_at,
        price=movement.price,
        closed_at=movement.at,
    )

"""Average cost: the second view, in which all shares of a holder cost the same.  Pure.

Brokers' screens, and Alpaca's `avg_entry_price`, show it.  It tells other realised dollars than
first in, first out while shares are held, and the same once none are.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from novalgo_analytics.accounting.movement import Movement

NONE = Decimal(0)
DIGITS = Decimal("0.000000001")


@dataclass(slots=True)
class AverageCost:
    """One holder's shares at their average cost."""

    quantity: Decimal = NONE
    cost: Decimal = NONE
    """The dollars that the shares cost, negative where a short brought them in."""
    realised: Decimal = NONE

    @property
    def average(self) -> Decimal | None:
        """Return dollars a share, or None where there are no shares."""
        return self.cost / self.quantity if self.quantity else None

    def move(self, movement: Movement) -> None:
        """Close at the average what lies on the other side, and add what is left."""
        left = movement.quantity
        if self.quantity and (self.quantity > 0) != (left > 0):
            closed = min(abs(self.quantity), abs(left)).copy_sign(self.quantity)
            self.realised += closed * movement.price - self.take(closed)
            left += closed
        self.quantity += left
        self.cost += left * movement.price

    def take(self, quantity: Decimal) -> Decimal:
        """Take out signed shares at their average cost, and return that cost in dollars."""
        cost = self.cost
        if quantity != self.quantity:
            cost = (self.cost * quantity / self.quantity).quantize(DIGITS, ROUND_HALF_EVEN)
        self.quantity -= quantity
        self.cost -= cost
        return cost

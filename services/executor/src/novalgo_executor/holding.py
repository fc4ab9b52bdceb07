"""What shares cost, by average cost.  Pure.  Analytics matches first in, first out; this only tells
executor whether a closing order lost."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Holding:
    """Signed shares, and the signed dollars that they cost."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO

    def after(self, signed: Decimal, price: Decimal) -> "tuple[Holding, Decimal]":
        """Return the holding after a trade of signed shares, and what the trade realised."""
        closing = self._closed_by(signed)
        if closing == 0:
            return Holding(self.quantity + signed, self.cost + signed * price), ZERO
        average = self.cost / self.quantity
        realised = -closing * (price - average)
        rest = signed - closing
        held = Holding(self.quantity + closing, average * (self.quantity + closing))
        return Holding(held.quantity + rest, held.cost + rest * price), realised

    def _closed_by(self, signed: Decimal) -> Decimal:
        """Return the part of a trade that closes what is held."""
        if self.quantity * signed >= 0:
            return ZERO
        return -self.quantity if abs(signed) >= abs(self.quantity) else signed

"""First in, first out: an account of the truth that shares nothing with the positions."""

from dataclasses import dataclass
from decimal import Decimal

from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.order import Fill, Split


@dataclass(frozen=True, slots=True)
class Lots:
    """A symbol's open lots, oldest first, as (signed quantity, price); and what was realised.

    Nothing is divided, so `realised + unrealised` is exact to the last decimal.
    """

    open: tuple[tuple[Decimal, Decimal], ...] = ()
    realised: Decimal = ZERO

    def after(self, fill: Fill) -> "Lots":
        return self._after(fill.signed_qty, fill.price)

    def _after(self, signed_qty: Decimal, at_price: Decimal) -> "Lots":
        remaining, lots, realised = signed_qty, list(self.open), self.realised
        while remaining and lots and lots[0][0] * remaining < 0:
            qty, price = lots.pop(0)
            matched = min(abs(qty), abs(remaining)).copy_sign(qty)
            realised += matched * (at_price - price)
            remaining += matched
            if qty != matched:
                lots.insert(0, (qty - matched, price))
        if remaining:
            lots.append((remaining, at_price))
        return Lots(tuple(lots), realised)

    def after_split(self, split: Split) -> "Lots":
        """Multiply the shares; a fraction that is paid in cash is sold."""
        ratio = split.ratio
        lots = Lots(tuple((qty * ratio, paid / ratio) for qty, paid in self.open), self.realised)
        return lots._after(-split.fraction, split.cash_price)

    def unrealised(self, price: Decimal) -> Decimal:
        return sum((qty * (price - paid) for qty, paid in self.open), ZERO)

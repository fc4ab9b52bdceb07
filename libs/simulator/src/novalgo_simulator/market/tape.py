"""Where on the path of prices the market stands: time, and what the control calls did to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from novalgo_simulator.broker.amount import CENT
from novalgo_simulator.market.prices import Prices, Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """Steps count from the moment when the account was opened, and go on over a restart."""

    started_at: datetime
    step_length: timedelta
    offset: int = 0
    frozen_at: int | None = None
    pinned: Mapping[str, Decimal] = field(default_factory=dict)
    splits: Mapping[str, Decimal] = field(default_factory=dict)
    """New shares for each one that there was when the prices began."""
    forced_open: bool | None = None
    """What a control call says of the session, or None where the session decides."""

    def step(self, at: datetime) -> int:
        running = (at - self.started_at) // self.step_length + self.offset
        return running if self.frozen_at is None else min(self.frozen_at, running)

    def frozen(self, at: datetime) -> "Tape":
        return replace(self, frozen_at=self.step(at))

    def thawed(self, at: datetime) -> "Tape":
        """Go on from where it was frozen, without a jump."""
        if self.frozen_at is None:
            return self
        offset = self.frozen_at - (at - self.started_at) // self.step_length
        return replace(self, offset=offset, frozen_at=None)

    def advanced(self, steps: int) -> "Tape":
        frozen_at = None if self.frozen_at is None else self.frozen_at + steps
        return replace(self, offset=self.offset + steps, frozen_at=frozen_at)

    def with_price(self, symbol: str, price: Decimal | None) -> "Tape":
        """Hold a symbol at a price; None lets it go again."""
        others = {name: pinned for name, pinned in self.pinned.items() if name != symbol}
        return replace(self, pinned=others if price is None else {**others, symbol: price})

    def with_split(self, symbol: str, ratio: Decimal) -> "Tape":
        """Let a share be worth a part of what it was, where its price is held too."""
        split = self.splits.get(symbol, Decimal(1)) * ratio
        tape = replace(self, splits={**self.splits, symbol: split})
        pinned = self.pinned.get(symbol)
        return tape if pinned is None else tape.with_price(symbol, _split(pinned, ratio))

    def with_session(self, is_open: bool | None) -> "Tape":
        return replace(self, forced_open=is_open)

    def quote(self, prices: Prices, symbol: str, at: datetime) -> Quote:
        pinned = self.pinned.get(symbol)
        if pinned is not None:
            return Quote(pinned)
        walked = prices.price(symbol, self.step(at))
        ratio = self.splits.get(symbol)
        return Quote(walked if ratio is None else _split(walked, ratio))


def _split(price: Decimal, ratio: Decimal) -> Decimal:
    return max((price / ratio).quantize(CENT), CENT)

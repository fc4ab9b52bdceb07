"""Round trips: what each closing order earned, from which entry.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from novalgo_analytics.accounting.lots import NONE, Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """All that one order closed.  Prices are averages over its lots, weighted by their shares."""

    symbol: str
    timeframe: str | None
    order: str
    is_long: bool
    quantity: Decimal
    """Shares, positive."""
    entry_price: Decimal
    exit_price: Decimal
    opened_at: datetime
    """When the oldest of the closed lots was opened."""
    closed_at: datetime
    realised: Decimal

    @property
    def invested(self) -> Decimal:
        """Return the dollars that the closed shares were opened for."""
        return self.quantity * self.entry_price

    @property
    def gain(self) -> Decimal | None:
        """Return what was earned as a part of what was invested, or None of nothing invested."""
        return self.realised / self.invested if self.invested else None


def trades(closings: Iterable[Closing]) -> list[Trade]:
    """Return one holder's trades, the one that began to close first before the others."""
    by_order: dict[str, list[Closing]] = {}
    for closing in closings:
        by_order.setdefault(closing.order, []).append(closing)
    return [_trade(order, parts) for order, parts in by_order.items()]


def _trade(order: str, parts: Sequence[Closing]) -> Trade:
    first = parts[0]
    quantity = sum((abs(part.quantity) for part in parts), NONE)
    entries = sum((abs(part.quantity) * part.opened_price for part in parts), NONE)
    exits = sum((abs(part.quantity) * part.price for part in parts), NONE)
    return Trade(
        symbol=first.symbol,
        timeframe=first.timeframe,
        order=order,
        is_long=first.quantity > 0,
        quantity=quantity,
        entry_price=entries / quantity,
        exit_price=exits / quantity,
        opened_at=min(part.opened_at for part in parts),
        closed_at=max(part.closed_at for part in parts),
        realised=sum((part.realised for part in parts), NONE),
    )

"""Which orders GET /v2/orders lists."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from starlette.datastructures import QueryParams

from novalgo_simulator.api.answers import moment_of
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """The newest first, unless asked for the oldest; the bounds of time are exclusive."""

    status: str
    limit: int
    after: datetime | None
    until: datetime | None
    symbols: frozenset[str]
    side: str | None
    ascending: bool

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Read the query; raise ValueError where it cannot be read."""
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= 500:
            raise ValueError(limit)
        return cls(
            status=query.get("status", "open"),
            limit=limit,
            after=moment_of(query.get("after")),
            until=moment_of(query.get("until")),
            symbols=frozenset(query.get("symbols", "").upper().split(",")) - {""},
            side=query.get("side"),
            ascending=query.get("direction", "desc") == "asc",
        )

    def select(self, ledger: Ledger) -> list[Order]:
        orders = (
            ledger.open_orders()
            if self.status == "open"
            else ledger.orders_between(self.after, self.until)
        )
        found = sorted(filter(self._lists, orders), key=lambda order: order.sequence)
        return found[: self.limit] if self.ascending else found[::-1][: self.limit]

    def _lists(self, order: Order) -> bool:
        return (
            (self.status != "closed" or not order.is_open)
            and (self.after is None or order.created_at > self.after)
            and (self.until is None or order.created_at < self.until)
            and (not self.symbols or order.symbol in self.symbols)
            and (self.side is None or order.side == self.side)
        )

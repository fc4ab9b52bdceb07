"""All orders and fills, and what follows from them."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from novalgo_simulator.broker.account import Position, position_after
from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.lots import Lots
from novalgo_simulator.broker.order import Change, Fill, Order, Split


class Ledger:
    """The account in memory: it grows by `apply` only, and is the same after a restart."""

    def __init__(self, starting_cash: Decimal) -> None:
        self.starting_cash = starting_cash
        self.cash = starting_cash
        self.orders: dict[UUID, Order] = {}
        """In the order of acceptance."""
        self.fills: list[Fill] = []
        self.positions: dict[str, Position] = {}
        self.lots: dict[str, Lots] = {}
        self._open: dict[UUID, Order] = {}
        self._by_client_order_id: dict[str, UUID] = {}

    def apply(self, change: Change) -> None:
        self.apply_order(change.order)
        if change.fill is not None:
            self.apply_fill(change.fill)

    def apply_order(self, order: Order) -> None:
        self.orders[order.id] = order
        self._by_client_order_id[order.client_order_id] = order.id
        if order.is_open:
            self._open[order.id] = order
        else:
            self._open.pop(order.id, None)

    def apply_fill(self, fill: Fill) -> None:
        self.fills.append(fill)
        self.cash += fill.cash
        self.lots[fill.symbol] = self.lots.get(fill.symbol, Lots()).after(fill)
        position = position_after(self.positions.get(fill.symbol), fill)
        if position is None:
            del self.positions[fill.symbol]
        else:
            self.positions[fill.symbol] = position

    def apply_split(self, split: Split) -> None:
        """Multiply a position's shares; what they cost stays."""
        self.lots[split.symbol] = self.lots.get(split.symbol, Lots()).after_split(split.ratio)
        position = self.positions.get(split.symbol)
        if position is not None:
            self.positions[split.symbol] = replace(position, qty=position.qty * split.ratio)

    def open_orders(self, symbol: str | None = None) -> tuple[Order, ...]:
        return tuple(order for order in self._open.values() if symbol in (None, order.symbol))

    def by_client_order_id(self, client_order_id: str) -> Order | None:
        order_id = self._by_client_order_id.get(client_order_id)
        return None if order_id is None else self.orders[order_id]

    def held(self, symbol: str) -> Decimal:
        """Return the signed position; 0 where there is none."""
        position = self.positions.get(symbol)
        return ZERO if position is None else position.qty

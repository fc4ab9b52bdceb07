"""All orders and fills, and what follows from them."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from novalgo_simulator.broker.account import Position, position_after, position_after_split
from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.lots import Lots
from novalgo_simulator.broker.order import Change, Fill, Movement, Order, Split, Undoing
from novalgo_simulator.broker.span import between


class Ledger:
    """The account in memory: it grows by `apply` only, and is the same after a restart."""

    def __init__(self, starting_cash: Decimal) -> None:
        self.starting_cash = starting_cash
        self.cash = starting_cash
        self.orders: dict[UUID, Order] = {}
        """In the order of acceptance."""
        self.fills: list[Fill] = []
        """As they stand: without those that were undone."""
        self.movements: list[Movement] = []
        """Everything that moved a position, as it happened."""
        self.cash_activities: list[CashActivity] = []
        self.activities: list[Fill | CashActivity] = []
        """In the order of time.  Alpaca does not say that an execution was undone: an execution
        and what corrected it are both here."""
        self.positions: dict[str, Position] = {}
        self.lots: dict[str, Lots] = {}
        self._steps: dict[str, list[Fill | Split]] = defaultdict(list)
        """By symbol, as they stand."""
        self._by_creation: list[UUID] = []
        self._open: dict[UUID, Order] = {}
        self._by_client_order_id: dict[str, UUID] = {}

    def apply(self, change: Change) -> None:
        self.apply_order(change.order)
        if change.fill is not None:
            self.apply_movement(change.fill)

    def apply_order(self, order: Order) -> None:
        is_new = order.id not in self.orders
        self.orders[order.id] = order
        if is_new:
            insort(self._by_creation, order.id, key=self._created_at)
        self._by_client_order_id[order.client_order_id] = order.id
        if order.is_open:
            self._open[order.id] = order
        else:
            self._open.pop(order.id, None)

    def apply_movement(self, movement: Movement) -> None:
        self.movements.append(movement)
        match movement:
            case Fill():
                self.fills.append(movement)
                self._list(movement)
                self.cash += movement.cash
                self._take(movement)
            case Split():
                self.cash += movement.fraction * movement.cash_price
                self._take(movement)
            case Undoing():
                self._undo(movement)
            case _:
                assert_never(movement)

    def apply_cash(self, activity: CashActivity) -> None:
        self.cash_activities.append(activity)
        self._list(activity)
        self.cash += activity.cash

    @property
    def equity_steps(self) -> list[Fill | CashActivity]:
        """Return what the account's worth came about by, in the order of time."""
        return sorted([*self.fills, *self.cash_activities], key=lambda step: step.at)

    def newest_fill(self, symbol: str) -> Fill | None:
        """Return the newest execution of a symbol that stands."""
        return next((fill for fill in reversed(self.fills) if fill.symbol == symbol), None)

    def _take(self, step: Fill | Split) -> None:
        self._steps[step.symbol].append(step)
        self._move(step)

    def _move(self, step: Fill | Split) -> None:
        lots = self.lots.get(step.symbol, Lots())
        position = self.positions.pop(step.symbol, None)
        if isinstance(step, Fill):
            lots, position = lots.after(step), position_after(position, step)
        else:
            lots, position = lots.after_split(step), position_after_split(position, step)
        self.lots[step.symbol] = lots
        if position is not None:
            self.positions[step.symbol] = position

    def _undo(self, undoing: Undoing) -> None:
        """Reckon the symbol anew, as if the execution had always been what it is now."""
        undone, corrected = undoing.undone, undoing.corrected
        standing = [] if corrected is None else [corrected]
        for fill in standing:
            self._list(fill)
        for fills in (self.fills, self._steps[undone.symbol]):
            place = fills.index(undone)
            fills[place : place + 1] = standing
        self.cash += sum((fill.cash for fill in standing), ZERO) - undone.cash
        self.lots.pop(undone.symbol)
        self.positions.pop(undone.symbol, None)
        for step in self._steps[undone.symbol]:
            self._move(step)

    def _list(self, activity: Fill | CashActivity) -> None:
        insort(
            self.activities, activity, key=lambda each: (each.at, isinstance(each, CashActivity))
        )

    def _created_at(self, order_id: UUID) -> datetime:
        return self.orders[order_id].created_at

    def orders_between(self, after: datetime | None, until: datetime | None) -> Iterator[Order]:
        """Yield the orders that were created between the two, neither included."""
        for order_id in between(self._by_creation, self._created_at, after, until):
            yield self.orders[order_id]

    def open_orders(self, symbol: str | None = None) -> tuple[Order, ...]:
        return tuple(order for order in self._open.values() if symbol in (None, order.symbol))

    def by_client_order_id(self, client_order_id: str) -> Order | None:
        order_id = self._by_client_order_id.get(client_order_id)
        return None if order_id is None else self.orders[order_id]

    def held(self, symbol: str) -> Decimal:
        """Return the signed position; 0 where there is none."""
        position = self.positions.get(symbol)
        return ZERO if position is None else position.qty

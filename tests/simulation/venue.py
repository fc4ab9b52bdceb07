"""Alpaca's side of the counter: the simulator's own rules, with the market's moods.

Nothing here is lost when executor crashes.  Time is true time; executor's clock may be wrong.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from novalgo_simulator.broker import errors
from novalgo_simulator.broker.account import Valuation
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.exchange import Moment, accept, cancel_requested, canceled, progress
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.order import Change, Fill, Movement, Order, Split, Status, Undoing
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.rules import Standing, refusal
from novalgo_simulator.market.assets import find_asset
from novalgo_simulator.market.prices import Quote
from tests.simulation.day import LENGTH, PRICE, START, Befall, Day
from tests.simulation.faults import Faults

CENT = Decimal("0.01")


def _is_within(spans: tuple[tuple[float, float], ...]) -> bool:
    at = asyncio.get_running_loop().time()
    return any(start <= at < end for start, end in spans)


@dataclass(frozen=True, slots=True)
class Listed:
    """A fill, and when the account's activities list it."""

    fill: Fill
    at: datetime


class Venue:
    def __init__(self, chance: random.Random, faults: Faults, day: Day) -> None:
        self.ledger = Ledger(Decimal(1_000_000))
        self.activities: list[Listed] = []
        self.movements: list[tuple[datetime, Split | Undoing]] = []
        """What the exchange did, and from when on Alpaca tells it."""
        self.rejected: set[UUID] = set()
        self.visible_from: dict[UUID, datetime] = {}
        self.held_before: dict[str, list[tuple[datetime, Decimal, Decimal]]] = defaultdict(list)
        """What was held until when, and at what average price."""
        self.are_splits_told = day.are_splits_told
        self.on_change: Callable[[Change], None] = lambda _change: None
        self._chance = chance
        self._faults = faults
        self._closed = day.closed
        self._revoked = day.revoked
        self._unstated = day.unstated
        self._prices: dict[str, Decimal] = {}
        self._is_over = False
        self._before_reset: list[Movement] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    # --- the market

    def is_open(self) -> bool:
        return not _is_within(self._closed)

    def refuses_keys(self) -> bool:
        return _is_within(self._revoked)

    def states_positions(self) -> bool:
        return not _is_within(self._unstated)

    def next_change(self) -> datetime:
        """Return when the market opens or closes next."""
        at = asyncio.get_running_loop().time()
        changes = [moment for span in self._closed for moment in span if moment > at]
        return START + timedelta(seconds=min(changes, default=LENGTH * 100))

    def quote(self, symbol: str) -> Quote:
        price = self.price(symbol)
        price = max(Decimal(1), price + self._chance.randint(-30, 30) * CENT)
        self._prices[symbol] = price
        return Quote(price)

    def follow_hours(self) -> None:
        """Expire day orders at the close, and work what waits at the open."""
        loop = asyncio.get_running_loop()
        for start, end in self._closed:
            loop.call_at(max(0.0, start), self._close)
            loop.call_at(end + 0.01, self._open)

    def _close(self) -> None:
        for order in self.ledger.open_orders():
            if order.status is not Status.ACCEPTED:
                self._commit(canceled(order, self.now()))

    def _open(self) -> None:
        for order in self.ledger.open_orders():
            self._later(order)

    # --- orders

    def place(self, request: OrderRequest) -> Order | Refusal:
        asset = find_asset(request.symbol)
        if asset is None:
            return errors.asset_not_found(request.symbol)
        if self._is_taken(request.client_order_id):
            return errors.DUPLICATE_CLIENT_ORDER_ID
        standing = Standing(
            asset=asset,
            quote=self.quote(request.symbol),
            held=self.ledger.held(request.symbol),
            open_orders=self.ledger.open_orders(request.symbol),
            valuation=self.valuation(),
        )
        return refusal(request, standing) or self._accept(request, standing)

    def _is_taken(self, client_order_id: str | None) -> bool:
        # Alpaca's own guide calls the id unique "per active order": an ended one may not protect.
        known = self.ledger.by_client_order_id(client_order_id or "")
        return known is not None and known.is_open

    def _accept(self, request: OrderRequest, standing: Standing) -> Order:
        change = accept(
            request,
            standing,
            order_id=UUID(int=self._chance.getrandbits(128), version=4),
            sequence=len(self.ledger.orders) + 1,
            at=self.now(),
            is_open=self.is_open(),
            expiry=None,
        )
        hidden = self._faults.happens("invisible at first")
        lag = timedelta(seconds=self._faults.seconds(0.5, 5) if hidden else 0)
        self.visible_from[change.order.id] = self.now() + lag
        self._commit(change)
        self._later(change.order)
        return change.order

    def cancel(self, order_id: UUID) -> None:
        order = self.ledger.orders.get(order_id)
        if order is None or not order.is_open or order.status is Status.PENDING_CANCEL:
            return
        self._commit(cancel_requested(order, self.now()))
        self._later(order)

    def _later(self, order: Order) -> None:
        stalls = self._faults.happens("stall")
        delay = self._faults.seconds(5, 40) if stalls else self._faults.seconds(0.01, 0.5)
        asyncio.get_running_loop().call_later(delay, self._work, order.id)

    def _work(self, order_id: UUID) -> None:
        order = self.ledger.orders.get(order_id)
        if order is None or not order.is_open:
            return
        if order.status is not Status.PENDING_CANCEL and self._is_ended_by_the_market(order):
            return
        for change in progress(order, self._moment(order)):
            self._commit(change)
        after = self.ledger.orders[order_id]
        if after.is_open and self.is_open():
            self._later(after)

    def _is_ended_by_the_market(self, order: Order) -> bool:
        rejected = not order.filled_qty and self._faults.happens("rejected by the market")
        if rejected:
            self.rejected.add(order.id)
        if rejected or self._faults.happens("canceled by the market"):
            self._commit(canceled(order, self.now()))
            return True
        return False

    def _moment(self, order: Order) -> Moment:
        part = self._faults.happens("partial fill")
        return Moment(
            at=self.now(),
            quote=self.quote(order.symbol),
            is_open=self.is_open(),
            execution_id=UUID(int=self._chance.getrandbits(128), version=4),
            part=Decimal(self._chance.randint(1, 9)) / 10 if part else None,
        )

    def _commit(self, change: Change) -> None:
        symbol = change.order.symbol
        self._remember(symbol)
        self.ledger.apply(change)
        if change.fill is not None:
            late = self._faults.happens("activity late")
            lag = self._faults.seconds(1, 20) if late else 0.0
            self.activities.append(Listed(change.fill, self.now() + timedelta(seconds=lag)))
        self.on_change(change)

    # --- what the exchange does

    def befall(self, befall: Befall) -> bool:
        """Undo, correct, split or reset; return whether there was anything of the kind."""
        if befall.what == "reset":
            self._reset()
            return True
        movement = self._movement(befall)
        if movement is None:
            return False
        if befall.what == "split":
            for order in self.ledger.open_orders(befall.symbol):
                self._commit(canceled(order, self.now()))
            self._prices[befall.symbol] = (self.price(befall.symbol) / befall.ratio).quantize(CENT)
        self._remember(befall.symbol)
        self.ledger.apply_movement(movement)
        late = self._faults.happens("event late")
        lag = self._faults.seconds(1, 20) if late else 0.0
        self.movements.append((self.now() + timedelta(seconds=lag), movement))
        return True

    def _reset(self) -> None:
        """Begin again with the first cash; whoever had orders is told nothing."""
        for symbol in self.held_before:
            self._remember(symbol)
        self._before_reset += self.ledger.movements
        self.ledger = Ledger(self.ledger.starting_cash)
        self.activities.clear()
        self.movements.clear()

    def movements_ever(self) -> list[Movement]:
        """Return also what a reset has made undone."""
        return self._before_reset + self.ledger.movements

    def _remember(self, symbol: str) -> None:
        held = self.ledger.held(symbol), self._average_price(symbol)
        self.held_before[symbol].append((self.now(), *held))

    def _movement(self, befall: Befall) -> Split | Undoing | None:
        own_id = UUID(int=self._chance.getrandbits(128), version=4)
        if befall.what == "split":
            held, price = self.ledger.held(befall.symbol), self.price(befall.symbol)
            return Split(
                id=own_id,
                symbol=befall.symbol,
                ratio=befall.ratio,
                held=held,
                cash_price=price,
                at=self.now(),
            )
        fill = self.ledger.newest_fill(befall.symbol)
        if fill is None:
            return None
        qty = (
            max(Decimal(1), fill.qty - 1) if fill.qty == fill.qty.to_integral_value() else fill.qty
        )
        corrected = replace(fill, execution_id=own_id, qty=qty, price=fill.price + CENT)
        return Undoing(
            id=own_id,
            undone=fill,
            corrected=corrected if befall.what == "correct" else None,
            at=self.now(),
        )

    def price(self, symbol: str) -> Decimal:
        return self._prices.get(symbol, PRICE)

    def valuation(self) -> Valuation:
        values = [
            position.qty * self.price(position.symbol)
            for position in self.ledger.positions.values()
        ]
        return Valuation(
            cash=self.ledger.cash,
            long_value=sum((value for value in values if value > 0), Decimal(0)),
            short_value=sum((value for value in values if value < 0), Decimal(0)),
            reserved=sum((order.reserved for order in self.ledger.open_orders()), Decimal(0)),
        )

    def _average_price(self, symbol: str) -> Decimal:
        position = self.ledger.positions.get(symbol)
        return position.avg_entry_price if position is not None else Decimal(0)

    def stated(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return position and average price as the endpoint states them, at times a moment late."""
        if self._faults.happens("position late"):
            since = self.now() - timedelta(seconds=self._faults.seconds(0.1, 1.0))
            for at, held, price in self.held_before[symbol]:
                if at > since:
                    return held, price
        return self.ledger.held(symbol), self._average_price(symbol)

"""The account and the market together: what a request or a moment does to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from pydantic import TypeAdapter

from novalgo_common.clock import Clock
from novalgo_simulator.api.wire import update_json
from novalgo_simulator.broker import errors
from novalgo_simulator.broker.account import Valuation
from novalgo_simulator.broker.agenda import Agenda
from novalgo_simulator.broker.amount import SMALLEST_QUANTITY, ZERO
from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.exchange import Moment, accept, cancel_requested, canceled, progress
from novalgo_simulator.broker.history import equity_curve
from novalgo_simulator.broker.hub import Hub
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.order import Change, Order, Side, Split, Status, Undoing
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.rules import Standing, refusal
from novalgo_simulator.broker.store import Store
from novalgo_simulator.faults import Faults
from novalgo_simulator.market.assets import find_asset
from novalgo_simulator.market.chance import part_of_first_fill
from novalgo_simulator.market.prices import Prices, Quote
from novalgo_simulator.market.session import Session
from novalgo_simulator.market.tape import Tape

_TAPE = TypeAdapter(Tape)


@dataclass(kw_only=True)
class Venue:
    """Used from one event loop.  No method awaits, so each is atomic to all the others.

    Every change is committed before it is applied, answered or streamed.
    """

    ledger: Ledger
    store: Store
    prices: Prices
    session: Session
    tape: Tape
    agenda: Agenda
    hub: Hub
    clock: Clock
    new_id: Callable[[], UUID]
    faults: Faults
    seed: int
    partial_fills: Decimal
    fill_latency: float
    orders_posted: int = 0

    def is_open(self, at: datetime) -> bool:
        forced = self.tape.forced_open
        return self.session.is_open(at) if forced is None else forced

    def quote(self, symbol: str, at: datetime | None = None) -> Quote:
        return self.tape.quote(self.prices, symbol, at or self.clock())

    def valuation(self) -> Valuation:
        """Return the account's worth at this moment's prices."""
        at = self.clock()
        values = [
            position.qty * self.quote(position.symbol, at).last
            for position in self.ledger.positions.values()
        ]
        return Valuation(
            cash=self.ledger.cash,
            long_value=sum((value for value in values if value > 0), ZERO),
            short_value=sum((value for value in values if value < 0), ZERO),
            reserved=sum((order.reserved for order in self.ledger.open_orders()), ZERO),
        )

    def equity_at(self, at: datetime) -> Decimal:
        """Return what the account was worth at an earlier moment."""
        return next(
            equity_curve(
                self.ledger.starting_cash,
                self.ledger.equity_steps,
                [at],
                lambda symbol, moment: self.quote(symbol, moment).last,
            )
        )

    def place(self, request: OrderRequest) -> Order | Refusal:
        asset = find_asset(request.symbol)
        if asset is None:
            return errors.asset_not_found(request.symbol)
        client_order_id = request.client_order_id
        if client_order_id and self.ledger.by_client_order_id(client_order_id):
            return errors.DUPLICATE_CLIENT_ORDER_ID
        standing = Standing(
            asset=asset,
            quote=self.quote(request.symbol),
            held=self.ledger.held(request.symbol),
            open_orders=self.ledger.open_orders(request.symbol),
            valuation=self.valuation(),
        )
        return refusal(request, standing) or self._accept(request, standing)

    def cancel(self, order_id: UUID) -> Order | Refusal:
        """Ask the market to cancel; the order ends a little later, or fills before."""
        order = self.ledger.orders.get(order_id)
        if order is None:
            return errors.ORDER_NOT_FOUND
        if not order.is_open:
            return errors.already_ended(order.status)
        if order.status is Status.PENDING_CANCEL:
            return order
        self._commit([cancel_requested(order, self.clock())])
        self.agenda.add(order_id, self.fill_latency)
        return self.ledger.orders[order_id]

    def cancel_at_once(self) -> Sequence[Order]:
        """Cancel every open order, and return them as they have ended."""
        at = self.clock()
        changes = [canceled(order, at) for order in self.ledger.open_orders()]
        self._commit(changes)
        return [change.order for change in changes]

    def close(self, symbol: str, part: Decimal = Decimal(1)) -> Order | Refusal:
        """Place the market order that closes a part of a position."""
        held = self.ledger.held(symbol)
        qty = (abs(held) * part).quantize(SMALLEST_QUANTITY)
        return self.close_quantity(symbol, qty)

    def close_quantity(self, symbol: str, qty: Decimal) -> Order | Refusal:
        held = self.ledger.held(symbol)
        if not held:
            return errors.POSITION_NOT_FOUND
        side = Side.SELL if held > 0 else Side.BUY
        return self.place(OrderRequest(symbol=symbol, side=side, qty=qty))

    def work(self, order_id: UUID) -> None:
        """Take an order as far as the market lets it at this moment."""
        order, at = self.ledger.orders.get(order_id), self.clock()
        if order is None:  # the account was reset while the order was due
            return
        moment = Moment(
            at=at,
            quote=self.quote(order.symbol, at),
            is_open=self.is_open(at),
            execution_id=self.new_id(),
            part=part_of_first_fill(self.seed, order.sequence, self.partial_fills),
            fate=self.faults.on_order(order, at),
        )
        changes = progress(order, moment)
        self._commit(changes)
        if self.ledger.orders[order_id].status is Status.PARTIALLY_FILLED and changes:
            self.agenda.add(order_id, self.fill_latency)

    def resting(self) -> list[UUID]:
        """Return the open orders that wait for a price or for the open."""
        return [order.id for order in self.ledger.open_orders() if order.id not in self.agenda]

    def change_tape(self, tape: Tape) -> None:
        """Move the market by hand; orders that it reaches are worked next."""
        self.store.save_facts({"tape": _TAPE.dump_json(tape).decode()})
        self.tape = tape
        for order_id in self.resting():
            self.agenda.add(order_id, 0)

    def split(self, symbol: str, ratio: Decimal) -> None:
        """Give `ratio` shares for each one, and cancel the symbol's open orders."""
        at = self.clock()
        self._commit([canceled(order, at) for order in self.ledger.open_orders(symbol)])
        self.change_tape(self.tape.with_split(symbol, ratio))
        split = Split(
            id=self.new_id(),
            symbol=symbol,
            ratio=ratio,
            held=self.ledger.held(symbol),
            cash_price=self.quote(symbol, at).last,
            at=at,
        )
        self._commit_movement(split)

    def bust(self, symbol: str) -> Undoing | None:
        """Undo the symbol's newest execution; return None where there is none."""
        fill = self.ledger.newest_fill(symbol)
        if fill is None:
            return None
        return self._undo(Undoing(id=self.new_id(), undone=fill, corrected=None, at=self.clock()))

    def correct(self, symbol: str, price: Decimal | None, qty: Decimal | None) -> Undoing | None:
        """Give the symbol's newest execution another price or quantity, where they are given."""
        fill, own_id = self.ledger.newest_fill(symbol), self.new_id()
        if fill is None:
            return None
        corrected = replace(
            fill, execution_id=own_id, price=price or fill.price, qty=qty or fill.qty
        )
        return self._undo(Undoing(id=own_id, undone=fill, corrected=corrected, at=self.clock()))

    def move_cash(self, activity_type: str, cash: Decimal, symbol: str | None) -> CashActivity:
        """Book a fee, a dividend, a deposit or a withdrawal."""
        activity = CashActivity(
            id=self.new_id(),
            activity_type=activity_type,
            cash=cash,
            symbol=symbol,
            at=self.clock(),
        )
        self.store.save_cash(activity)
        self.ledger.apply_cash(activity)
        return activity

    def _undo(self, undoing: Undoing) -> Undoing:
        self._commit_movement(undoing)
        return undoing

    def _commit_movement(self, movement: Split | Undoing) -> None:
        self.store.save_movement(movement)
        self.ledger.apply_movement(movement)

    def reset(self) -> None:
        """Begin again with the first cash, and tell nobody of the orders that vanish."""
        starting_cash = self.ledger.starting_cash
        self.store.clear()
        self.store.save_facts({"starting_cash": str(starting_cash)})
        self.ledger = Ledger(starting_cash)
        self.agenda.clear()
        self.orders_posted = 0
        self.change_tape(self.tape)

    def count_posted(self) -> None:
        self.store.save_facts({"orders_posted": str(self.orders_posted + 1)})
        self.orders_posted += 1

    def _accept(self, request: OrderRequest, standing: Standing) -> Order:
        at = self.clock()
        change = accept(
            request,
            standing,
            order_id=self.new_id(),
            sequence=len(self.ledger.orders) + 1,
            at=at,
            is_open=self.is_open(at),
            expiry=self.session.expiry(at),
        )
        self._commit([change])
        self.agenda.add(change.order.id, self.fill_latency)
        return change.order

    def _commit_all(self, changes: Sequence[Change]) -> None:
        if changes:
            self._commit(changes)

    def _commit(self, changes: Sequence[Change]) -> None:
        if not changes:
            return
        self.store.save(changes)
        for change in changes:
            self.ledger.apply(change)
            self.hub.publish(update_json(change, self.ledger.held(change.order.symbol)))


def opened_tape(saved: str | None, *, at: datetime, step_seconds: float) -> Tape:
    """Return the tape as it was left, or a new one; its steps may have another length now."""
    length = timedelta(seconds=step_seconds)
    if saved is None:
        return Tape(started_at=at, step_length=length)
    return replace(_TAPE.validate_json(saved), step_length=length)

"""Orders: stored first, sent once, in order, never across zero."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from novalgo_executor.broker import NotSent, OrderRequest, SubmitOutcome
from novalgo_executor.store.signals import FIRST_CLOSING
from novalgo_simulator.broker.order import Change, Fill, Order
from tests.simulation.audit.books import BookAudit
from tests.simulation.audit.entries import EntryAudit
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record, seconds

WRONG_SIDE = ("intent mismatch", "insufficient qty", "wash trade", "open a", "sold short")


@dataclass
class OrderAudit:
    record: Record
    books: BookAudit
    entries: EntryAudit
    _left: set[str] = field(default_factory=set)
    _accepted: Counter[tuple[object, ...]] = field(default_factory=Counter)
    _seen: dict[str, tuple[float, Decimal]] = field(default_factory=dict)

    def submitting(self, request: OrderRequest) -> None:
        """Executor is about to send this."""
        name = request.client_order_id
        self.record.trace(f"submit {name[3:7]}{name[35:]} {_words(request)}")
        if name in self._left:
            self.record.fail(Promise.SENT_ONCE, name)
        self._left.add(name)
        query = (
            "SELECT sent, side, quantity, notional, leg, signal_id, created_at FROM orders"
            " WHERE client_order_id = ?"
        )
        found = self.record.disk.rows(query, name)
        if not found:
            self.record.fail(Promise.INTENT_FIRST, f"{name} is not in the store")
            return
        sent, side, quantity, notional, leg, signal_id, created_at = found[0]
        stored = (side, _decimal(quantity), _decimal(notional))
        if not sent or stored != (request.side, request.quantity, request.notional):
            self.record.fail(Promise.INTENT_FIRST, f"{name} is stored otherwise: {found[0]}")
        self._check_signal(signal_id, name, opens=leg == "open")
        self._check_position_seen(request.symbol, signal_id, created_at, name)

    def expect_late(self, request: OrderRequest) -> None:
        """This order will arrive only after it was given up."""
        self.record.late.add(request.client_order_id)
        self.record.late_symbols.add(request.symbol)

    def submitted(self, request: OrderRequest, outcome: SubmitOutcome) -> None:
        """This is what executor was told of it."""
        name = request.client_order_id
        self.record.trace(f"  told {name[3:7]}{name[35:]} {type(outcome).__name__}")
        if isinstance(outcome, NotSent):
            self._left.discard(name)

    def accepted(self, request: OrderRequest) -> None:
        """The venue has taken the order."""
        query = (
            "SELECT s.sequence, o.leg, o.part FROM orders o JOIN signals s"
            " ON s.signal_id = o.signal_id WHERE o.client_order_id = ?"
        )
        for row in self.record.disk.rows(query, request.client_order_id):
            self._accepted[tuple(row)] += 1
            if self._accepted[tuple(row)] > 1:
                self.record.fail(Promise.ONE_ORDER, f"{row}: {self._accepted[tuple(row)]} orders")

    def refused(self, request: OrderRequest, message: str) -> None:
        self.record.trace(f"  refused: {message}")
        explained = self.record.others_trade or request.symbol in self.record.late_symbols
        if not explained and any(words in message for words in WRONG_SIDE):
            self.record.fail(Promise.TRUE_INTENT, f"{request.client_order_id}: {message}")

    def changed(self, change: Change) -> None:
        """The venue's order has changed."""
        order, fill = change.order, change.fill
        name = f"{order.client_order_id[3:7]}{order.client_order_id[35:]}"
        self.record.trace(f"venue {name} {change.event} {order.filled_qty:f}")
        if fill is None:
            return
        after = self.record.venue.ledger.held(order.symbol)
        crosses = after * (after - fill.signed_qty) < 0
        if crosses and not self._has_befallen(order):
            self.record.fail(Promise.NOT_ACROSS_ZERO, f"{order.client_order_id} ended at {after}")

    def _has_befallen(self, order: Order) -> bool:
        """Return whether the exchange changed the position while the order rested."""
        return any(
            not isinstance(movement, Fill) and movement.at >= order.created_at
            for movement in self.record.venue.ledger.movements
        )

    def position_seen(self, symbol: str, held: Decimal) -> None:
        self._seen[symbol] = (seconds(), held)

    def _check_signal(self, signal_id: str, name: str, *, opens: bool) -> None:
        query = "SELECT symbol, timeframe, sequence FROM signals WHERE signal_id = ?"
        [(symbol, timeframe, number)] = self.record.disk.rows(query, signal_id)
        if opens:
            self.entries.leaving(symbol, timeframe, name)
        query = (
            "SELECT sequence FROM signals WHERE symbol = ? AND timeframe = ? AND sequence > ?"
            " AND (decided_at IS NOT NULL OR ended_at IS NOT NULL AND ending != 'superseded')"
            " AND (sequence < ? OR ended_at IS NULL)"
        )
        for (newer,) in self.record.disk.rows(query, symbol, timeframe, number, FIRST_CLOSING):
            self.record.fail(Promise.IN_ORDER, f"signal {number} acts, though {newer} has begun")

    def _check_position_seen(self, symbol: str, signal_id: str, created_at: str, name: str) -> None:
        query = (
            "SELECT client_order_id FROM orders WHERE signal_id = ? AND created_at < ?"
            " ORDER BY created_at DESC LIMIT 1"
        )
        for (before,) in self.record.disk.rows(query, signal_id, created_at):
            order = self.record.venue.ledger.by_client_order_id(before)
            if order is None:
                continue  # it went with a reset
            ended = (order.updated_at - self.record.venue.now()).total_seconds() + seconds()
            at, held = self._seen.get(symbol, (-1.0, Decimal(0)))
            nets = [net for since, net in self.books.nets[symbol] if since >= ended]
            if at < ended or held not in nets:
                detail = f"{name}: saw {held} at {at:.2f}, not one of {nets}"
                self.record.fail(Promise.FLAT_SEEN, detail)


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _words(request: OrderRequest) -> str:
    size = f"{request.quantity}" if request.quantity is not None else f"${request.notional}"
    return f"{request.symbol} {request.side} {size} {request.position_intent}"

"""Holds executor to its promises, by looking at its store and at the venue from outside."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from novalgo_executor.broker import NotSent, OrderRequest, SubmitOutcome
from novalgo_executor.store.signals import FIRST_CLOSING
from novalgo_simulator.broker.order import Change
from tests.simulation.promises import Promise
from tests.simulation.store import Disk
from tests.simulation.venue import Venue

ZERO = Decimal(0)
SLACK = 21.0
"""Seconds that a decision may be under way before it is stored: it asks Alpaca things meanwhile."""
A_MOMENT = 0.1
"""Seconds between the commit of a sending and the sending."""
WRONG_SIDE = ("intent mismatch", "insufficient qty", "wash trade", "open a", "sold short")


@dataclass(frozen=True, slots=True)
class Violation:
    promise: Promise
    detail: str


@dataclass
class Audit:
    disk: Disk
    venue: Venue
    trace: Callable[[str], None]
    others_trade: bool
    clock_steps: bool
    violations: list[Violation] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    _left: set[str] = field(default_factory=set)
    _accepted: Counter[tuple[object, ...]] = field(default_factory=Counter)
    _ended: dict[str, tuple[object, ...]] = field(default_factory=dict)
    _arrived: dict[str, float] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _books: dict[tuple[str, str | None], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    _counted: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _last_fill: int = 0
    _last_event: int = 0
    _config: str = ""
    _active_until: dict[tuple[str, str], float] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)
    _nets: dict[str, list[tuple[float, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    _halts: dict[tuple[str, str], float] = field(default_factory=dict)
    _last_order: int = 0
    _seen: dict[str, tuple[float, Decimal]] = field(default_factory=dict)

    def fail(self, promise: Promise, detail: str) -> None:
        self.trace(f"VIOLATION {promise.name}: {detail}")
        self.violations.append(Violation(promise, detail))

    # --- what passes the counter

    def submitting(self, request: OrderRequest) -> None:
        """Executor is about to send this."""
        name = request.client_order_id
        self.trace(f"submit {name[3:7]}{name[35:]} {_words(request)}")
        if name in self._left:
            self.fail(Promise.SENT_ONCE, name)
        self._left.add(name)
        query = (
            "SELECT o.signal_id, o.sent, o.side, o.quantity, o.notional, o.created_at, s.symbol,"
            " s.timeframe, s.sequence FROM orders o JOIN signals s ON s.signal_id = o.signal_id"
            " WHERE o.client_order_id = ?"
        )
        found = self.disk.rows(query, name)
        if not found:
            self.fail(Promise.INTENT_FIRST, f"{name} is not in the store")
            return
        signal_id, sent, side, quantity, notional, created_at, symbol, timeframe, number = found[0]
        stored = (side, _decimal(quantity), _decimal(notional))
        if not sent or stored != (request.side, request.quantity, request.notional):
            self.fail(Promise.INTENT_FIRST, f"{name} is stored otherwise: {found[0]}")
        self._check_order_of_signals(symbol, timeframe, number)
        self._check_not_halted(symbol, timeframe, name)
        self._check_position_seen(symbol, signal_id, created_at, name)

    def submitted(self, request: OrderRequest, outcome: SubmitOutcome) -> None:
        """This is what executor was told of it."""
        name = request.client_order_id
        self.trace(f"  told {name[3:7]}{name[35:]} {type(outcome).__name__}")
        if isinstance(outcome, NotSent):
            self._left.discard(name)

    def accepted(self, request: OrderRequest) -> None:
        """The venue has taken the order."""
        query = (
            "SELECT s.sequence, o.leg, o.part FROM orders o JOIN signals s"
            " ON s.signal_id = o.signal_id WHERE o.client_order_id = ?"
        )
        for row in self.disk.rows(query, request.client_order_id):
            self._accepted[tuple(row)] += 1
            if self._accepted[tuple(row)] > 1:
                self.fail(Promise.ONE_ORDER, f"signal {row}: {self._accepted[tuple(row)]} orders")

    def refused(self, request: OrderRequest, message: str) -> None:
        self.trace(f"  refused: {message}")
        if not self.others_trade and any(words in message for words in WRONG_SIDE):
            self.fail(Promise.TRUE_INTENT, f"{request.client_order_id}: {message}")

    def changed(self, change: Change) -> None:
        """The venue's order has changed."""
        order, fill = change.order, change.fill
        self.trace(f"venue {order.client_order_id[3:7]} {change.event} {order.filled_qty:f}")
        if fill is None:
            return
        after = self.venue.ledger.held(order.symbol)
        if after * (after - fill.signed_qty) < 0:
            self.fail(Promise.NOT_ACROSS_ZERO, f"{order.client_order_id} ended at {after}")

    def position_seen(self, symbol: str, held: Decimal) -> None:
        self._seen[symbol] = (_time(), held)

    def _check_order_of_signals(self, symbol: str, timeframe: str, sequence: int) -> None:
        query = (
            "SELECT sequence FROM signals WHERE symbol = ? AND timeframe = ? AND sequence > ?"
            " AND (decided_at IS NOT NULL OR ended_at IS NOT NULL AND ending != 'superseded')"
            " AND (sequence < ? OR ended_at IS NULL)"
        )
        for (newer,) in self.disk.rows(query, symbol, timeframe, sequence, FIRST_CLOSING):
            self.fail(Promise.IN_ORDER, f"signal {sequence} acts, though {newer} has begun")

    def _check_position_seen(self, symbol: str, signal_id: str, created_at: str, name: str) -> None:
        query = (
            "SELECT client_order_id FROM orders WHERE signal_id = ? AND created_at < ?"
            " ORDER BY created_at DESC LIMIT 1"
        )
        for (before,) in self.disk.rows(query, signal_id, created_at):
            order = self.venue.ledger.by_client_order_id(before)
            assert order is not None
            ended = (order.updated_at - self.venue.now()).total_seconds() + _time()
            at, held = self._seen.get(symbol, (-1.0, ZERO))
            nets = [net for since, net in self._nets[symbol] if since >= ended]
            if at < ended or held not in nets:
                self.fail(Promise.FLAT_SEEN, f"{name}: saw {held} at {at:.2f}, not one of {nets}")

    # --- what is stored

    def committed(self) -> None:
        """Look at what a commit of executor has left."""
        self._take_fills()
        self._take_events()
        self._check_books()
        self._check_endings()
        self._take_config()
        self._check_beginnings()
        self._check_halts()

    def _take_fills(self) -> None:
        query = (
            "SELECT rowid, order_id, quantity, symbol, timeframe, side FROM fills WHERE rowid > ?"
        )
        for row, order_id, quantity, symbol, timeframe, side in self.disk.rows(
            query, self._last_fill
        ):
            self._last_fill = row
            shares = Decimal(quantity)
            self._books[symbol, timeframe] += shares if side == "buy" else -shares
            self._counted[order_id] += shares
            filled = self.filled(order_id)
            if self._counted[order_id] > filled:
                detail = f"{self._counted[order_id]} counted of {filled} filled"
                self.fail(Promise.FILLS_ONCE, f"order {order_id}: {detail}")

    def filled(self, order_id: str) -> Decimal:
        return sum(
            (fill.qty for fill in self.venue.ledger.fills if str(fill.order_id) == order_id), ZERO
        )

    def _take_events(self) -> None:
        query = "SELECT position, body FROM outbox WHERE position > ? ORDER BY position"
        for position, body in self.disk.rows(query, self._last_event):
            self._last_event = position
            if '"position.adopted.v1"' not in body:
                continue
            event = json.loads(body)
            self._books[event["symbol"], event["timeframe"]] += Decimal(event["quantity"])

    def _check_books(self) -> None:
        held = {
            (symbol, timeframe): Decimal(quantity)
            for symbol, timeframe, quantity in self.disk.rows(
                "SELECT symbol, timeframe, quantity FROM books"
                " UNION ALL SELECT symbol, NULL, quantity FROM externals"
            )
        }
        for book in held.keys() | self._books.keys():
            if held.get(book, ZERO) != self._books.get(book, ZERO):
                detail = f"{book}: {held.get(book)} stored, {self._books.get(book)} counted"
                self.fail(Promise.BOOKS_ARE_FILLS, detail)
        nets: dict[str, Decimal] = defaultdict(Decimal)
        for (symbol, _), quantity in held.items():
            nets[symbol] += quantity
        for symbol, net in nets.items():
            self._nets[symbol].append((_time(), net))

    def _check_endings(self) -> None:
        query = (
            "SELECT s.signal_id, s.sequence, s.symbol, s.timeframe, s.action, s.ending, s.reason,"
            " s.ended_at, s.detail FROM signals s WHERE s.ended_at IS NOT NULL"
        )
        found = {row[0]: row for row in self.disk.rows(query)}
        for signal_id, row in self._ended.items():
            if found.get(signal_id) != row:
                self.fail(Promise.ONE_ENDING, f"{row} became {found.get(signal_id)}")
        for signal_id, row in found.items():
            if signal_id not in self._ended:
                self._ended[signal_id] = row
                self._check_ending(row)

    def _check_ending(self, row: tuple[str, ...]) -> None:
        signal_id, number, symbol, timeframe, action, ending, reason, _, detail = row
        self.endings[f"{ending} {reason or ''}".strip()] += 1
        held = self._books.get((symbol, timeframe), ZERO)
        self.trace(f"ended {number} {action} {ending} {reason or ''} at {held}: {detail}")
        if reason == "outcome_unknown" and not self.clock_steps:
            self._check_unknown(signal_id)
        arrived = ending == "filled" or reason in ("already_long", "already_short", "already_flat")
        state = "CLOSE" if held == 0 else "BUY" if held > 0 else "SELL"
        if arrived and state != action:
            self.fail(Promise.TRUE_ENDING, f"signal {number} {action} {ending} at {held}")
        if ending in ("declined", "expired") and state not in (action, "CLOSE"):
            self.fail(Promise.EXITS_ALLOWED, f"signal {number} {action} {ending} at {held}")

    def _check_unknown(self, signal_id: str) -> None:
        query = "SELECT client_order_id FROM orders WHERE signal_id = ? AND status = 'unknown'"
        for (name,) in self.disk.rows(query, signal_id):
            order = self.venue.ledger.by_client_order_id(name)
            if order is not None:
                self.fail(Promise.NOT_GIVEN_UP, f"{name} is {order.status}")

    def _take_config(self) -> None:
        [(text,)] = self.disk.rows("SELECT value FROM notes WHERE name = 'config'") or [("",)]
        if text == self._config:
            return
        self._config = text
        rows = json.loads(text)["rows"]
        active = {(row["symbol"], row["timeframe"]) for row in rows if row["active"]}
        for book in self._active - active:
            self._active_until[book] = _time()
        self._active = active

    def _check_beginnings(self) -> None:
        arrived = self._arrived
        for signal_id, decided_at in self.disk.rows("SELECT signal_id, decided_at FROM signals"):
            arrived.setdefault(signal_id, _time())
            if decided_at is not None and signal_id not in self._begun:
                self._begun.add(signal_id)
                self._check_beginning(signal_id)

    def _check_not_halted(self, symbol: str, timeframe: str, name: str) -> None:
        standing = [at for scope, at in self._halts.items() if scope in _scopes(symbol, timeframe)]
        if "-open" in name and any(_time() - at > A_MOMENT for at in standing):
            self.fail(Promise.HALTED, f"{name} leaves")

    def _check_halts(self) -> None:
        """Compare new intents with the halts that stood before them."""
        query = "SELECT rowid, symbol, timeframe, leg FROM orders WHERE rowid > ? ORDER BY rowid"
        for row, symbol, timeframe, leg in self.disk.rows(query, self._last_order):
            self._last_order = row
            if leg == "open" and self._halts.keys() & _scopes(symbol, timeframe):
                self.fail(Promise.HALTED, f"{symbol} {timeframe} is to be opened: {self._halts}")
        standing = self.disk.rows("SELECT symbol, timeframe FROM halts")
        self._halts = {scope: self._halts.get(scope, _time()) for scope in standing}

    def _check_beginning(self, signal_id: str) -> None:
        query = "SELECT symbol, timeframe, sequence FROM signals WHERE signal_id = ?"
        [(symbol, timeframe, number)] = self.disk.rows(query, signal_id)
        newer = (
            "SELECT signal_id, sequence FROM signals WHERE symbol = ? AND timeframe = ?"
            " AND sequence > ? AND (sequence < ? OR ended_at IS NULL)"
        )
        for other, newer_number in self.disk.rows(newer, symbol, timeframe, number, FIRST_CLOSING):
            if _time() - self._arrived[other] > SLACK:
                self.fail(Promise.NEWEST_WINS, f"signal {number} begins long after {newer_number}")
        query = "SELECT leg FROM orders WHERE signal_id = ?"
        for (leg,) in self.disk.rows(query, signal_id):
            known = _time() if (symbol, timeframe) in self._active else None
            until = known if known is not None else self._active_until.get((symbol, timeframe))
            if leg == "open" and (until is None or _time() - until > SLACK):
                self.fail(Promise.ENTRY_NEEDS_ROW, f"signal {number} opens {symbol} {timeframe}")


def _scopes(symbol: str, timeframe: str) -> set[tuple[str, str]]:
    return {("", ""), (symbol, ""), (symbol, timeframe), ("", timeframe)}


def _time() -> float:
    return asyncio.get_running_loop().time()


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _words(request: OrderRequest) -> str:
    size = f"{request.quantity}" if request.quantity is not None else f"${request.notional}"
    return f"{request.symbol} {request.side} {size} {request.position_intent}"

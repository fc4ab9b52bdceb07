"""Books and fills: counted once, and nothing else moves a book."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from novalgo_simulator.broker.order import Fill, Split, Undoing
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record, seconds

ZERO = Decimal(0)


@dataclass
class BookAudit:
    record: Record
    nets: dict[str, list[tuple[float, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    """What the store believed of each symbol's position, and since when."""
    _books: dict[tuple[str, str | None], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    _counted: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _last_fill: int = 0
    _last_event: int = 0
    _last_correction: int = 0

    def held(self, symbol: str, timeframe: str) -> Decimal:
        return self._books.get((symbol, timeframe), ZERO)

    def committed(self) -> None:
        self._take_fills()
        self._take_corrections()
        self._take_events()
        self._check_books()

    def _take_fills(self) -> None:
        query = (
            "SELECT rowid, order_id, quantity, symbol, timeframe, side FROM fills WHERE rowid > ?"
        )
        for row, order_id, quantity, symbol, timeframe, side in self.record.disk.rows(
            query, self._last_fill
        ):
            self._last_fill = row
            shares = Decimal(quantity)
            self._books[symbol, timeframe] += shares if side == "buy" else -shares
            self._counted[order_id] += shares
            self._check_counted(order_id)
            if timeframe is None:
                self._explain(f"{shares} {symbol} were counted as somebody else's")

    def _check_counted(self, order_id: str) -> None:
        fills = [each for each in self.record.venue.movements_ever() if isinstance(each, Fill)]
        filled = sum((fill.qty for fill in fills if str(fill.order_id) == order_id), ZERO)
        if self._counted[order_id] > filled:
            detail = f"{self._counted[order_id]} counted of {filled} filled: order {order_id}"
            self.record.fail(Promise.FILLS_ONCE, detail)

    def _take_corrections(self) -> None:
        query = "SELECT rowid, quantity, symbol, timeframe, side FROM corrections WHERE rowid > ?"
        for row, quantity, symbol, timeframe, side in self.record.disk.rows(
            query, self._last_correction
        ):
            self._last_correction = row
            shares = Decimal(quantity)
            self._books[symbol, timeframe] += shares if side == "buy" else -shares

    def _take_events(self) -> None:
        query = "SELECT position, body FROM outbox WHERE position > ? ORDER BY position"
        for position, body in self.record.disk.rows(query, self._last_event):
            self._last_event = position
            if '"position.adopted.v1"' in body:
                event = json.loads(body)
                self._books[event["symbol"], event["timeframe"]] += Decimal(event["quantity"])
                self._explain(f"{event['quantity']} {event['symbol']} were adopted")
                self._check_split(event["symbol"])
            elif '"fill.busted.v1"' in body:
                event = json.loads(body)
                shares = Decimal(event["quantity"])
                signed = shares if event["side"] == "buy" else -shares
                self._books[event["symbol"], event["timeframe"]] -= signed
            elif '"position.split.v1"' in body:
                self._take_split(json.loads(body))

    def _take_split(self, event: dict[str, Any]) -> None:
        for part in event["parts"]:
            book = event["symbol"], part["timeframe"]
            if self._books[book] != Decimal(part["before"]):
                self.record.fail(Promise.BOOKS_ARE_FILLS, f"{book} split from {part['before']}")
            self._books[book] = Decimal(part["after"])

    def _check_split(self, symbol: str) -> None:
        """Fail where shares of a symbol were adopted that nothing but a split has touched."""
        venue = self.record.venue
        moved = [each for each in venue.movements if _symbol(each[1]) == symbol]
        if not moved or self.record.day.trades or len(moved) > 1:
            return
        [(listed_at, movement)] = moved
        if not isinstance(movement, Split):
            return
        since = movement.at - timedelta(seconds=2)
        orders = [order for order in venue.ledger.orders.values() if order.symbol == symbol]
        quiet = all(order.updated_at < since for order in orders)
        if quiet and movement.held and self._is_known(movement, listed_at):
            self.record.fail(Promise.SPLIT_TOLD, f"{symbol} was adopted after a split")

    def _is_known(self, split: Split, listed_at: datetime) -> bool:
        """Return whether it was told at once, or can be recognised by the positions around it."""
        query = "SELECT quantity FROM stated WHERE symbol = ?"
        before = [Decimal(held) for (held,) in self.record.disk.rows(query, split.symbol)]
        is_left = self.record.venue.ledger.held(split.symbol) != 0
        is_told = self.record.day.are_splits_told and listed_at <= split.at
        return is_told or (is_left and before == [split.held])

    def _explain(self, detail: str) -> None:
        if not self.record.others_trade:
            self.record.fail(Promise.ALL_EXPLAINED, detail)

    def _check_books(self) -> None:
        stored = {
            (symbol, timeframe): Decimal(quantity)
            for symbol, timeframe, quantity in self.record.disk.rows(
                "SELECT symbol, timeframe, quantity FROM books"
                " UNION ALL SELECT symbol, NULL, quantity FROM externals"
            )
        }
        for book in stored.keys() | self._books.keys():
            if stored.get(book, ZERO) != self._books.get(book, ZERO):
                detail = f"{book}: {stored.get(book)} stored, {self._books.get(book)} counted"
                self.record.fail(Promise.BOOKS_ARE_FILLS, detail)
        nets: dict[str, Decimal] = defaultdict(Decimal)
        for (symbol, _), quantity in stored.items():
            nets[symbol] += quantity
        for symbol, net in nets.items():
            self.nets[symbol].append((seconds(), net))


def _symbol(movement: Split | Undoing) -> str:
    return movement.symbol if isinstance(movement, Split) else movement.undone.symbol

"""The owner's limits: none is passed by an opening, and a broken one stops them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record, seconds

ZERO = Decimal(0)
HUNDRED = Decimal(100)
SLACK = 21.0
"""Seconds that an opening may have been under way before a limit was seen to be broken."""
BELIEVED = 60.0
"""Seconds for which a statement of the positions may be gone by."""


@dataclass
class LimitAudit:
    record: Record
    _stated: list[tuple[float, Decimal]] = field(default_factory=list)
    """When the broker stated the positions, and their dollars."""
    _opened: list[tuple[float, Decimal]] = field(default_factory=list)
    """When openings were stored, and their dollars."""
    _broken_at: float | None = None
    _peak: Decimal = ZERO
    _is_halted: bool = False
    _last_order: int = 0
    _last_event: int = 0

    def positions_stated(self, values: Iterable[Decimal]) -> None:
        """The broker states positions that are worth so many dollars, shorts less than none."""
        self._stated.append((seconds(), sum(map(abs, values), ZERO)))

    def committed(self) -> None:
        self._take_halts()
        self._take_openings()
        self._take_snapshots()

    def _take_halts(self) -> None:
        query = "SELECT 1 FROM halts WHERE symbol = '' AND timeframe = ''"
        halted = bool(self.record.disk.rows(query))
        if self._is_halted and not halted:
            self._broken_at, self._peak = None, ZERO  # a person has resumed
        self._is_halted = halted

    def _take_openings(self) -> None:
        query = (
            "SELECT o.rowid, o.part, o.notional, o.leg_quantity, o.quote_price, o.side,"
            " s.price FROM orders o JOIN signals s ON s.signal_id = o.signal_id"
            " WHERE o.leg = 'open' AND o.rowid > ? ORDER BY o.rowid"
        )
        for row, part, notional, whole, quote, side, alert in self.record.disk.rows(
            query, self._last_order
        ):
            self._last_order = row
            if part > 1:
                continue  # its leg was counted whole
            price = Decimal(quote)
            dollars = Decimal(notional or Decimal(whole) * price)
            self._check(row, dollars)
            self._check_collar(price, alert, 1 if side == "buy" else -1)
            self._opened.append((seconds(), dollars))

    def _check(self, row: int, dollars: Decimal) -> None:
        limits = self.record.day.limits
        if self._broken_at is not None and seconds() - self._broken_at > SLACK:
            self.record.fail(Promise.TRIPPED, f"{dollars:.2f} dollars are to be opened")
        if limits.order_dollars is not None and dollars > limits.order_dollars:
            self.record.fail(Promise.WITHIN_LIMITS, f"{dollars:.2f} dollars in one order")
        if limits.gross_exposure is not None:
            exposures = self._exposures(dollars)
            if all(exposure > limits.gross_exposure for exposure in exposures):
                self.record.fail(Promise.WITHIN_LIMITS, f"an exposure of {exposures}")
        self._check_rate(row)

    def _exposures(self, dollars: Decimal) -> list[Decimal]:
        """Return what the exposure would be, by each statement that may be gone by."""
        return [
            stated + sum((opened for when, opened in self._opened if when > at), dollars)
            for at, stated in self._stated
            if at > seconds() - BELIEVED
        ]

    def _check_collar(self, price: Decimal, alert: str | None, sign: int) -> None:
        collar = self.record.day.limits.price_collar
        if collar is None or alert is None:
            return
        worse = HUNDRED * sign * (price - Decimal(alert)) / Decimal(alert)
        if worse > collar:
            self.record.fail(Promise.WITHIN_LIMITS, f"{price} for an alert of {alert}")

    def _check_rate(self, row: int) -> None:
        most = self.record.day.limits.orders_a_minute
        if most is None or self.record.clock_steps:
            return
        query = (
            "SELECT count(*) FROM orders older JOIN orders this ON this.rowid = ?"
            " WHERE older.leg = 'open' AND older.part = 1 AND older.rowid <= this.rowid"
            " AND julianday(older.created_at) > julianday(this.created_at) - 59.9 / 86400"
        )
        [(opened,)] = self.record.disk.rows(query, row)
        if opened > most:
            self.record.fail(Promise.RATE, f"{opened} were opened within a minute")

    def _take_snapshots(self) -> None:
        query = (
            "SELECT position, body FROM outbox WHERE position > ?"
            " AND body LIKE '%\"account.snapshot.v1\"%' ORDER BY position"
        )
        for position, body in self.record.disk.rows(query, self._last_event):
            self._last_event = position
            stated = json.loads(body)
            equity = Decimal(stated["equity"])
            self._peak = max(self._peak, equity)
            if self._is_broken(equity, Decimal(stated["last_equity"])):
                self._broken_at = self._broken_at or seconds()
            elif not self._is_halted:
                self._broken_at = None

    def _is_broken(self, equity: Decimal, last_equity: Decimal) -> bool:
        limits = self.record.day.limits
        [(streak,)] = self.record.disk.rows(
            "SELECT value FROM notes WHERE name = 'losing_streak'"
        ) or [(0,)]
        drawdown = HUNDRED * (self._peak - equity) / self._peak
        return (
            (limits.day_loss is not None and last_equity - equity >= limits.day_loss)
            or (limits.drawdown is not None and drawdown >= limits.drawdown)
            or (limits.losing_streak is not None and int(streak) >= limits.losing_streak)
        )

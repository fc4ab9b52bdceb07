"""Endings: one a signal, and true."""

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.audit.books import BookAudit
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record


@dataclass
class EndingAudit:
    record: Record
    books: BookAudit
    counts: Counter[str] = field(default_factory=Counter)
    _ended: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def committed(self) -> None:
        query = (
            "SELECT signal_id, sequence, symbol, timeframe, action, ending, reason, ended_at,"
            " detail FROM signals WHERE ended_at IS NOT NULL"
        )
        found = {row[0]: row for row in self.record.disk.rows(query)}
        for signal_id, row in self._ended.items():
            if found.get(signal_id) != row:
                self.record.fail(Promise.ONE_ENDING, f"{row} became {found.get(signal_id)}")
        for signal_id in [name for name in found if name not in self._ended]:
            self._check(found[signal_id])
        self._ended = found

    def _check(self, row: tuple[str, ...]) -> None:
        signal_id, number, symbol, timeframe, action, ending, reason, _, detail = row
        self.counts[f"{ending} {reason or ''}".strip()] += 1
        held = self.books.held(symbol, timeframe)
        said = f"{number} {action} {ending} {reason or ''} at {held}"
        self.record.trace(f"ended {said}: {detail}")
        state = "CLOSE" if held == 0 else "BUY" if held > 0 else "SELL"
        arrived = ending == "filled" or reason in ("already_long", "already_short", "already_flat")
        if arrived and state != action:
            self.record.fail(Promise.TRUE_ENDING, said)
        if ending in ("declined", "expired") and state not in (action, "CLOSE"):
            self.record.fail(Promise.EXITS_ALLOWED, said)
        if reason == "outcome_unknown" and not self.record.clock_steps:
            self._check_unknown(signal_id)

    def _check_unknown(self, signal_id: str) -> None:
        query = "SELECT client_order_id FROM orders WHERE signal_id = ? AND status = 'unknown'"
        for (name,) in self.record.disk.rows(query, signal_id):
            order = self.record.venue.ledger.by_client_order_id(name)
            if name in self.record.late:
                continue
            if order is not None:
                self.record.fail(Promise.NOT_GIVEN_UP, f"{name} is {order.status}")

"""Entries: only of active rows, never under a halt, and the newest of a book first."""

import json
from dataclasses import dataclass, field

from novalgo_executor.store.signals import FIRST_CLOSING
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record, seconds

SLACK = 21.0
"""Seconds that a decision may be under way before it is stored: it asks Alpaca things meanwhile."""
COMPARING = 25.0
"""Seconds that a comparison may take after the positions were stated."""
LONGEST_SILENCE = 20.0
"""As composition.py sets it."""
A_MOMENT = 0.1
"""Seconds between the commit of a sending and the sending."""


@dataclass
class EntryAudit:
    record: Record
    compared_at: float = 0.0
    """When the broker last stated the positions."""
    _arrived: dict[str, float] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _halts: dict[tuple[str, str], float] = field(default_factory=dict)
    _config: str = ""
    _active: set[tuple[str, str]] = field(default_factory=set)
    _active_until: dict[tuple[str, str], float] = field(default_factory=dict)
    _last_order: int = 0

    def leaving(self, symbol: str, timeframe: str, name: str) -> None:
        """An opening order is about to be sent."""
        scopes = _scopes(symbol, timeframe)
        halted_at = [at for scope, at in self._halts.items() if scope in scopes]
        if any(seconds() - at > A_MOMENT for at in halted_at):
            self.record.fail(Promise.HALTED, f"{name} leaves")
        if seconds() - self.compared_at > LONGEST_SILENCE + COMPARING:
            self.record.fail(Promise.COMPARED, f"{name} leaves, compared at {self.compared_at:.1f}")

    def committed(self) -> None:
        self._take_config()
        self._check_beginnings()
        self._check_openings()

    def _take_config(self) -> None:
        query = "SELECT value FROM notes WHERE name = 'config'"
        [(text,)] = self.record.disk.rows(query) or [("",)]
        if text == self._config:
            return
        self._config = text
        rows = json.loads(text)["rows"]
        active = {(row["symbol"], row["timeframe"]) for row in rows if row["active"]}
        for book in self._active - active:
            self._active_until[book] = seconds()
        self._active = active

    def _check_beginnings(self) -> None:
        query = "SELECT signal_id, decided_at FROM signals"
        stored = self.record.disk.rows(query)
        for signal_id, _ in stored:
            self._arrived.setdefault(signal_id, seconds())
        for signal_id, decided_at in stored:
            if decided_at is not None and signal_id not in self._begun:
                self._begun.add(signal_id)
                self._check_newest(signal_id)

    def _check_newest(self, signal_id: str) -> None:
        query = (
            "SELECT newer.signal_id, newer.sequence, older.sequence FROM signals older"
            " JOIN signals newer ON newer.symbol = older.symbol"
            " AND newer.timeframe = older.timeframe AND newer.sequence > older.sequence"
            " WHERE older.signal_id = ? AND (newer.sequence < ? OR newer.ended_at IS NULL)"
        )
        for newer_id, newer, older in self.record.disk.rows(query, signal_id, FIRST_CLOSING):
            if seconds() - self._arrived[newer_id] > SLACK:
                self.record.fail(Promise.NEWEST_WINS, f"signal {older} begins long after {newer}")

    def _check_openings(self) -> None:
        """Compare new intents with the rows and with the halts that stood before them."""
        query = (
            "SELECT rowid, symbol, timeframe, part FROM orders WHERE leg = 'open' AND rowid > ?"
            " ORDER BY rowid"
        )
        for row, symbol, timeframe, part in self.record.disk.rows(query, self._last_order):
            self._last_order = row
            if self._halts.keys() & _scopes(symbol, timeframe):
                detail = f"{symbol} {timeframe} is to be opened: {self._halts}"
                self.record.fail(Promise.HALTED, detail)
            if part == 1 and not self._was_active(symbol, timeframe):
                self.record.fail(Promise.ENTRY_NEEDS_ROW, f"{symbol} {timeframe} is to be opened")
        standing = self.record.disk.rows("SELECT symbol, timeframe FROM halts")
        self._halts = {scope: self._halts.get(scope, seconds()) for scope in standing}

    def _was_active(self, symbol: str, timeframe: str) -> bool:
        """Return whether the row may still have been active when this was decided."""
        book = (symbol, timeframe)
        return book in self._active or seconds() - self._active_until.get(book, -SLACK) < SLACK


def _scopes(symbol: str, timeframe: str) -> set[tuple[str, str]]:
    return {("", ""), (symbol, ""), (symbol, timeframe), ("", timeframe)}

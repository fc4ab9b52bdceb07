"""A person's orders: each is done, and done once."""

from collections import Counter
from dataclasses import dataclass, field

from novalgo_common.events import FlattenRequested, ResumeRequested
from novalgo_executor.store.signals import FIRST_CLOSING
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record
from tests.simulation.day import A_PERSONS_WORD

Names = tuple[str, str]
"""A scope or a book: symbol and timeframe, empty where it is about all of them."""


@dataclass
class RequestAudit:
    record: Record
    _standing: set[Names] = field(default_factory=set)
    _begun: Counter[Names] = field(default_factory=Counter)
    """How often each scope was halted."""

    def committed(self) -> None:
        self._check_halts()
        self._check_closings()

    def _check_halts(self) -> None:
        query = "SELECT symbol, timeframe FROM halts WHERE reason = ?"
        standing = set(self.record.disk.rows(query, A_PERSONS_WORD))
        for scope in standing - self._standing:
            self._begun[scope] += 1
            ordered = sum(
                not isinstance(request, ResumeRequested) and scope == _scope(request)
                for request in self.record.requests
            )
            if self._begun[scope] > ordered:
                self.record.fail(Promise.OBEYED_ONCE, f"halted again: {scope}")
        self._standing = standing

    def _check_closings(self) -> None:
        query = (
            "SELECT symbol, timeframe, count(*) FROM signals WHERE sequence >= ?"
            " GROUP BY symbol, timeframe"
        )
        for symbol, timeframe, closings in self.record.disk.rows(query, FIRST_CLOSING):
            ordered = sum(
                isinstance(request, FlattenRequested)
                and request.symbol in (None, symbol)
                and request.timeframe in (None, timeframe)
                for request in self.record.requests
            )
            query = (
                "SELECT count(*) FROM orders WHERE symbol = ? AND timeframe = ?"
                " AND late_settled_at IS NOT NULL"
            )
            [(late,)] = self.record.disk.rows(query, symbol, timeframe)
            if closings > ordered + late:
                detail = f"{symbol} {timeframe} closed {closings} times, ordered {ordered} times"
                self.record.fail(Promise.OBEYED_ONCE, detail)


def _scope(request: object) -> Names:
    return getattr(request, "symbol", None) or "", getattr(request, "timeframe", None) or ""

"""Holds executor to its promises, by looking at its store and at the venue from outside."""

from tests.simulation.audit.books import BookAudit
from tests.simulation.audit.endings import EndingAudit
from tests.simulation.audit.entries import EntryAudit
from tests.simulation.audit.limits import LimitAudit
from tests.simulation.audit.orders import OrderAudit
from tests.simulation.audit.record import Record
from tests.simulation.audit.requests import RequestAudit


class Audit:
    """All who look, together."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.books = BookAudit(record)
        self.endings = EndingAudit(record, self.books)
        self.entries = EntryAudit(record)
        self.limits = LimitAudit(record)
        self.orders = OrderAudit(record, self.books, self.entries)
        self.requests = RequestAudit(record)
        self._is_over = False
        self._changes = 0

    def committed(self) -> None:
        """Look at what a commit of executor has left."""
        if not self._is_over and self.record.disk.changes != self._changes:
            self._changes = self.record.disk.changes
            self.books.committed()
            self.endings.committed()
            self.entries.committed()
            self.limits.committed()
            self.requests.committed()

    def stop(self) -> None:
        """What happens from here on is not executor's."""
        self._is_over = True

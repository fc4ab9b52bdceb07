"""What a service's `store.py` is built from.  SQLAlchemy lives here, there, and in migrations."""

from novalgo_common.store.bulk import BulkInsert
from novalgo_common.store.columns import Exact, Instant, insert, insert_for
from novalgo_common.store.database import Database
from novalgo_common.store.outbox import Backlog, Outbox, Waiting

__all__ = [
    "Backlog",
    "BulkInsert",
    "Database",
    "Exact",
    "Instant",
    "Outbox",
    "Waiting",
    "insert",
    "insert_for",
]

"""What a person ordered: each order is obeyed once, however often the bus brings it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.engine import Connection

from novalgo_common.store import insert
from novalgo_executor.store.tables import REQUESTS


def take(connection: Connection, request_id: UUID, now: datetime) -> bool:
    """Remember that a request is obeyed now; return whether it was not before."""
    done = connection.execute(
        insert(connection, REQUESTS)
        .values(event_id=str(request_id), obeyed_at=now)
        .on_conflict_do_nothing(index_elements=["event_id"])
    )
    return done.rowcount == 1

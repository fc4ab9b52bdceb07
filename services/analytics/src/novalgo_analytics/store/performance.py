"""Who waits for the Performance rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.engine import Connection

from novalgo_analytics.facts import PerformanceRequest
from novalgo_analytics.store.tables import PERFORMANCE_REQUESTS
from novalgo_common.events import PerformanceRequested


def ask(connection: Connection, event: PerformanceRequested) -> None:
    connection.execute(
        PERFORMANCE_REQUESTS.insert().values(
            event_id=str(event.event_id), correlation_id=str(event.correlation_id)
        )
    )


def waiting(connection: Connection) -> Sequence[PerformanceRequest]:
    return [
        PerformanceRequest(event_id=UUID(row.event_id), correlation_id=UUID(row.correlation_id))
        for row in connection.execute(PERFORMANCE_REQUESTS.select()).all()
    ]


def forget(connection: Connection, answered: Sequence[PerformanceRequest]) -> None:
    ids = [str(request.event_id) for request in answered]
    connection.execute(
        PERFORMANCE_REQUESTS.delete().where(PERFORMANCE_REQUESTS.c.event_id.in_(ids))
    )

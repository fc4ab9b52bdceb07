"""The outbox: events committed in the same transaction as the change that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import Event
from novalgo_common.store.bulk import BulkInsert
from novalgo_common.store.columns import Instant
from novalgo_common.store.database import Database
from novalgo_common.wire import decode, encode

KEPT = timedelta(days=30)
"""How long a published event stays: receipts show when it was published."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that the bus has not confirmed yet."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in an outbox."""

    depth: int
    oldest: datetime | None


class Outbox:
    """A service's outbox.  Its table belongs to the service's own metadata and migrations."""

    def __init__(self, database: Database, table: sa.Table, clock: Clock) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._has_more = False
        self._additions = BulkInsert(
            table, ("event_id", "body", "added_at"), "ON CONFLICT (event_id) DO NOTHING"
        )

    @staticmethod
    def define(metadata: sa.MetaData) -> sa.Table:
        """Return the outbox table of a service."""
        return sa.Table(
            "outbox",
            metadata,
            sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("event_id", sa.Text, nullable=False, unique=True),
            sa.Column("body", sa.Text, nullable=False),
            sa.Column("added_at", Instant, nullable=False),
            sa.Column("published_at", Instant),
            sa.Index("outbox_waiting", "published_at", "position"),
        )

    def add(self, connection: Connection, event: Event) -> None:
        """Add an event to the caller's transaction; one that is there already stays as it is."""
        self.add_all(connection, [event])

    def add_all(self, connection: Connection, events: Sequence[Event]) -> None:
        """Add events, in their order, with one statement."""
        now = self._clock()
        rows = [
            {"event_id": str(event.event_id), "body": encode(event).decode(), "added_at": now}
            for event in events
        ]
        self._additions.run(connection, rows)
        self._has_more = True

    def has_more(self) -> bool:
        """Return whether events were added since this was asked last.

        Ask after each commit and at no other time: one is made after the other.
        """
        has_more, self._has_more = self._has_more, False
        return has_more

    async def waiting(self, limit: int) -> Sequence[Waiting]:
        """Return the unconfirmed events, oldest first."""
        query, bounds = _waiting(self._table), {"most": limit}
        rows = await self._database.read(lambda connection: connection.execute(query, bounds).all())
        return [Waiting(row.position, decode(row.body.encode())) for row in rows]

    async def confirm(self, positions: Sequence[int]) -> None:
        """Remember that the bus has taken these events, and forget those taken long ago."""
        now = self._clock()
        marking, forgetting = _confirmation(self._table)

        def mark(connection: Connection) -> None:
            connection.execute(marking, {"taken": list(positions), "published_at": now})
            connection.execute(forgetting, {"before": now - KEPT})

        await self._database.write(mark)

    async def backlog(self) -> Backlog:
        """Return how many events wait, and since when the oldest does."""
        query = _backlog(self._table)
        row = await self._database.read(lambda connection: connection.execute(query).one())
        return Backlog(depth=row[0], oldest=row[1])


@cache
def _waiting(table: sa.Table) -> "sa.Select[tuple[int, str]]":
    return (
        sa.select(table.c.position, table.c.body)
        .where(table.c.published_at.is_(None))
        .order_by(table.c.position)
        .limit(sa.bindparam("most"))
    )


@cache
def _confirmation(table: sa.Table) -> tuple[sa.Update, sa.Delete]:
    taken = table.c.position.in_(sa.bindparam("taken", expanding=True))
    long_ago = table.c.published_at < sa.bindparam("before")
    return table.update().where(taken), table.delete().where(long_ago)


@cache
def _backlog(table: sa.Table) -> "sa.Select[int, datetime]":
    return sa.select(sa.func.count(), sa.func.min(table.c.added_at)).where(
        table.c.published_at.is_(None)
    )

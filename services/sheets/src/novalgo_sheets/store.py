"""The service's store: last good config, what rows should show, Performance rows, the outbox."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    AlarmRaised,
    ConfigChanged,
    Event,
    PerformanceUpdated,
    RowStatus,
)
from novalgo_common.store import Database, Instant, Outbox, insert
from novalgo_common.wire import decode, encode
from novalgo_sheets.kept import Kept, KeptConfig
from novalgo_sheets.status import Change, newest

FORGET_AFTER = timedelta(days=7)
"""How long a change waits for a row that the sheet may not have at all."""

metadata = sa.MetaData()
outbox = Outbox.define(metadata)
config = sa.Table(
    "config",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
)
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("timeframe", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("is_announced", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)
performance = sa.Table(
    "performance",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("is_announced", sa.Boolean, nullable=False),
)
alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("raised_at", Instant, nullable=False),
)


class Store:
    """Every method that writes returns when its change is on disk, events and all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.outbox = Outbox(database, outbox, clock)

    async def kept(self) -> Kept:
        """Return all that is remembered, as of one moment."""
        return await self._database.read(_kept)

    async def kept_config(self) -> ConfigChanged | None:
        kept = await self._database.read(_kept_config)
        return kept.event if kept else None

    async def keep_config(self, kept: KeptConfig) -> None:
        """Replace the last good config and publish it."""

        def work(connection: Connection) -> None:
            since = {mark: at.isoformat() for mark, at in kept.since.items()}
            row = {"body": encode(kept.event).decode(), "since": json.dumps(since)}
            connection.execute(
                insert(connection, config)
                .values(only=1, **row)
                .on_conflict_do_update(index_elements=["only"], set_=row)
            )
            self.outbox.add(connection, kept.event)

        await self._database.write(work)

    async def keep_change(self, change: Change) -> None:
        """Remember what a row should show; the same event twice counts once."""

        def work(connection: Connection) -> None:
            connection.execute(
                insert(connection, changes)
                .values(_columns(change))
                .on_conflict_do_nothing(index_elements=["event_id"])
            )

        await self._database.write(work)

    async def keep_performance(self, event: PerformanceUpdated) -> None:
        """Remember the rows to write; the same event twice counts once."""

        def work(connection: Connection) -> None:
            connection.execute(
                insert(connection, performance)
                .values(
                    event_id=str(event.event_id),
                    at=event.occurred_at,
                    body=encode(event).decode(),
                    is_announced=False,
                )
                .on_conflict_do_nothing(index_elements=["event_id"])
            )

        await self._database.write(work)

    async def announce_changes(self, shown: Sequence[Change], events: Sequence[Event]) -> None:
        """Remember that the sheet shows these, publish it, and forget what nobody needs."""

        def work(connection: Connection) -> None:
            positions = [change.position for change in shown]
            connection.execute(
                changes.update().where(changes.c.position.in_(positions)).values(is_announced=True)
            )
            for event in events:
                self.outbox.add(connection, event)
            _forget_changes(connection, self._clock() - FORGET_AFTER)

        await self._database.write(work)

    async def announce_performance(
        self, shown: Sequence[PerformanceUpdated], events: Sequence[Event]
    ) -> None:
        """Remember that the tab shows these or newer ones, publish it, and keep the newest only.

        The newest stays so that an older one, delivered again, cannot take its place.
        """

        def work(connection: Connection) -> None:
            ids = [str(update.event_id) for update in shown]
            announced = performance.c.event_id.in_(ids)
            connection.execute(performance.update().where(announced).values(is_announced=True))
            newest_at = connection.scalar(sa.select(sa.func.max(performance.c.at)))
            connection.execute(
                performance.delete().where(performance.c.is_announced, performance.c.at < newest_at)
            )
            for event in events:
                self.outbox.add(connection, event)

        await self._database.write(work)

    async def raise_alarm(self, alarm: AlarmRaised) -> None:
        """Publish the alarm, and remember that it has been raised until the episode ends."""

        def work(connection: Connection) -> None:
            row = {"code": alarm.code, "raised_at": alarm.occurred_at}
            connection.execute(insert(connection, alarms).values(row).on_conflict_do_nothing())
            self.outbox.add(connection, alarm)

        await self._database.write(work)

    async def end_episodes(self) -> None:
        """Let the next trouble raise its alarm again."""
        await self._database.write(lambda connection: connection.execute(alarms.delete()))


def _kept(connection: Connection) -> Kept:
    updates = connection.execute(
        sa.select(performance).order_by(performance.c.at, performance.c.event_id)
    ).all()
    return Kept(
        config=_kept_config(connection),
        changes=[_change(row) for row in connection.execute(sa.select(changes)).mappings()],
        performance=_update(updates[-1].body) if updates else None,
        updates=[_update(row.body) for row in updates if not row.is_announced],
        raised=frozenset(connection.execute(sa.select(alarms.c.code)).scalars()),
    )


def _kept_config(connection: Connection) -> KeptConfig | None:
    row = connection.execute(sa.select(config)).one_or_none()
    if row is None:
        return None
    event = decode(row.body.encode())
    assert isinstance(event, ConfigChanged)
    since = json.loads(row.since)
    return KeptConfig(
        event=event, since={mark: datetime.fromisoformat(at) for mark, at in since.items()}
    )


def _update(body: str) -> PerformanceUpdated:
    event = decode(body.encode())
    assert isinstance(event, PerformanceUpdated)
    return event


def _columns(change: Change) -> dict[str, Any]:
    symbol, timeframe = change.key
    return {
        "event_id": str(change.event_id),
        "signal_id": str(change.signal_id),
        "symbol": symbol,
        "timeframe": timeframe,
        "at": change.at,
        "status": change.status.value,
        "reason": change.reason,
        "is_announced": change.is_announced,
    }


def _change(row: sa.RowMapping) -> Change:
    return Change(
        event_id=UUID(row["event_id"]),
        signal_id=UUID(row["signal_id"]),
        key=(row["symbol"], row["timeframe"]),
        at=row["at"],
        status=RowStatus(row["status"]),
        reason=row["reason"],
        position=row["position"],
        is_announced=row["is_announced"],
    )


def _forget_changes(connection: Connection, long_ago: datetime) -> None:
    """Keep each row's newest change, and what has not been announced for a while."""
    rows = [_change(row) for row in connection.execute(sa.select(changes)).mappings()]
    counting = {change.position for change in newest(rows).values()}
    done = [
        change.position
        for change in rows
        if change.position not in counting and (change.is_announced or change.at < long_ago)
    ]
    connection.execute(changes.delete().where(changes.c.position.in_(done)))

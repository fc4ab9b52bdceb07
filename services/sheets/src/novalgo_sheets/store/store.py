"""The store as the rest of the service sees it: each method is one transaction."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    AlarmRaised,
    ConfigChanged,
    ConfigRow,
    Event,
    PerformanceUpdated,
    RowStatus,
    SignalEnded,
    SignalReceived,
    TradingHalted,
    TradingResumed,
)
from novalgo_common.store import Database, Outbox, insert
from novalgo_common.wire import decode, encode
from novalgo_sheets.boards import Boards
from novalgo_sheets.kept import Kept, KeptConfig
from novalgo_sheets.status import Change
from novalgo_sheets.store import boards
from novalgo_sheets.store.tables import ALARMS, CHANGES, CONFIG, NOTES, OUTBOX, PERFORMANCE

FORGET_AFTER = timedelta(days=7)
"""How long a change waits for a row that the sheet may not have at all."""
_READ_AT = "read_at"
_SWITCH = "halt_switch"


class Store:
    """Every method that writes returns when its change is on disk, events and all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.outbox = Outbox(database, OUTBOX, clock)
        self._commits = 0
        self._view: tuple[int, Kept] | None = None
        """What is remembered, and after how many commits it was."""
        database.on_commit(self._committed)

    async def kept(self) -> Kept:
        """Return all that is remembered, as of one moment; it is read only where that is news."""
        commits = self._commits
        if self._view is None or self._view[0] != commits:
            self._view = (commits, await self._database.read(_kept))
        return self._view[1]

    def _committed(self) -> None:
        self._commits += 1

    async def kept_config(self) -> ConfigChanged | None:
        kept = await self._database.read(_kept_config)
        return kept.event if kept else None

    async def keep_config(self, kept: KeptConfig) -> None:
        """Replace the last good config and publish it."""

        def work(connection: Connection) -> None:
            since = {mark: at.isoformat() for mark, at in kept.since.items()}
            known = [row.model_dump(mode="json") for row in kept.known.values()]
            row = {
                "body": encode(kept.event).decode(),
                "since": json.dumps(since),
                "known": json.dumps(known),
            }
            connection.execute(
                insert(connection, CONFIG)
                .values(only=1, **row)
                .on_conflict_do_update(index_elements=["only"], set_=row)
            )
            event = kept.event
            boards.add_edits(connection, event.edits or (), event.version, event.occurred_at)
            self.outbox.add(connection, event)

        await self._database.write(work)

    async def read_at(self) -> datetime | None:
        """Return when the config was last seen in the sheet, to the minute or so."""
        text = await self._database.read(lambda connection: _note(connection, _READ_AT))
        return datetime.fromisoformat(text) if text else None

    async def note_read(self, at: datetime) -> None:
        await self._database.write(lambda connection: _take_note(connection, _READ_AT, str(at)))

    async def note_switch(self, *, is_on: bool, event: Event | None) -> None:
        """Remember how the HALT cell stands, and publish what that asks for."""

        def work(connection: Connection) -> None:
            _take_note(connection, _SWITCH, str(is_on))
            if event is not None:
                self.outbox.add(connection, event)

        await self._database.write(work)

    async def boards(self) -> Boards:
        """Return what the further tabs show, but for the account."""
        return await self._database.read(boards.read)

    async def keep_signal(self, event: SignalReceived) -> None:
        await self._database.write(lambda connection: boards.add_signal(connection, event))

    async def keep_halt(self, event: TradingHalted | TradingResumed) -> None:
        await self._database.write(lambda connection: boards.note_halt(connection, event))

    async def keep_change(self, change: Change | None, ended: SignalEnded | None = None) -> None:
        """Remember what a row should show, and an ending; the same event twice counts once."""

        def work(connection: Connection) -> None:
            if ended is not None:
                boards.end_signal(connection, ended)
            if change is not None:
                connection.execute(
                    insert(connection, CHANGES)
                    .values(_columns(change))
                    .on_conflict_do_nothing(index_elements=["event_id"])
                )

        await self._database.write(work)

    async def keep_performance(self, event: PerformanceUpdated) -> None:
        """Remember the rows to write; the same event twice counts once."""

        def work(connection: Connection) -> None:
            connection.execute(
                insert(connection, PERFORMANCE)
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
                CHANGES.update().where(CHANGES.c.position.in_(positions)).values(is_announced=True)
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
            announced = PERFORMANCE.c.event_id.in_(ids)
            connection.execute(PERFORMANCE.update().where(announced).values(is_announced=True))
            newest_at = connection.scalar(sa.select(sa.func.max(PERFORMANCE.c.at)))
            connection.execute(
                PERFORMANCE.delete().where(PERFORMANCE.c.is_announced, PERFORMANCE.c.at < newest_at)
            )
            for event in events:
                self.outbox.add(connection, event)

        await self._database.write(work)

    async def raise_alarm(self, alarm: AlarmRaised) -> None:
        """Publish the alarm, and remember that it has been raised until the episode ends."""

        def work(connection: Connection) -> None:
            row = {"code": alarm.code, "raised_at": alarm.occurred_at}
            connection.execute(insert(connection, ALARMS).values(row).on_conflict_do_nothing())
            self.outbox.add(connection, alarm)

        await self._database.write(work)

    async def end_episodes(self) -> None:
        """Let the next trouble raise its alarm again."""
        await self._database.write(lambda connection: connection.execute(ALARMS.delete()))


def _kept(connection: Connection) -> Kept:
    updates = connection.execute(
        sa.select(PERFORMANCE).order_by(PERFORMANCE.c.at, PERFORMANCE.c.event_id)
    ).all()
    return Kept(
        config=_kept_config(connection),
        changes=[_change(row) for row in connection.execute(sa.select(CHANGES)).mappings()],
        performance=_update(updates[-1].body) if updates else None,
        updates=[_update(row.body) for row in updates if not row.is_announced],
        raised=frozenset(connection.execute(sa.select(ALARMS.c.code)).scalars()),
        halt_switch=_note(connection, _SWITCH) == str(True),
    )


def _kept_config(connection: Connection) -> KeptConfig | None:
    row = connection.execute(sa.select(CONFIG)).one_or_none()
    if row is None:
        return None
    return _decoded(row.body, row.since, row.known)


@lru_cache(maxsize=1)
def _decoded(body: str, since_text: str, known_text: str) -> KeptConfig:
    # Asked for with every read of the sheet, and seldom another than the time before.
    event = decode(body.encode())
    assert isinstance(event, ConfigChanged)
    since = json.loads(since_text)
    known = [ConfigRow.model_validate(each) for each in json.loads(known_text)] or event.rows
    return KeptConfig(
        event=event,
        since={mark: datetime.fromisoformat(at) for mark, at in since.items()},
        known={(each.symbol, each.timeframe): each for each in known},
    )


def _note(connection: Connection, name: str) -> str | None:
    return connection.execute(sa.select(NOTES.c.value).where(NOTES.c.name == name)).scalar()


def _take_note(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        insert(connection, NOTES)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
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
    connection.execute(_FORGETTING, {"long_ago": long_ago})


_NEWER = CHANGES.alias("newer")
_FORGETTING = CHANGES.delete().where(
    sa.or_(CHANGES.c.is_announced, CHANGES.c.at < sa.bindparam("long_ago")),
    sa.exists().where(
        _NEWER.c.symbol == CHANGES.c.symbol,
        _NEWER.c.timeframe == CHANGES.c.timeframe,
        sa.tuple_(_NEWER.c.at, _NEWER.c.position) > sa.tuple_(CHANGES.c.at, CHANGES.c.position),
    ),
)

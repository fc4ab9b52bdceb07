"""What the owner is to be told: notices as they come, and deliveries as they go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_analytics.notifications.notice import Kind, Level, Message, Notice
from novalgo_analytics.notifications.outgoing import Outgoing
from novalgo_analytics.store.tables import DELIVERIES, MARKS, NOTICES, TROUBLES
from novalgo_common.store import insert

KEPT = timedelta(days=30)
_WAITS = NOTICES.c.done_at.is_(None)
_DONE = NOTICES.update().where(NOTICES.c.notice_id == sa.bindparam("of"))
LOOKED_AT = "journal looked at for notices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message on its way over one channel."""

    position: int
    message: Message
    added_at: datetime
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The notices that are not told yet, and what was told of their troubles."""

    notices: Sequence[Notice]
    told_at: Mapping[str, datetime]
    held_back: Mapping[str, int]


def add(connection: Connection, notices: Sequence[Notice]) -> None:
    """Add notices; one that is there already stays as it is."""
    for notice in notices:
        values: dict[str, Any] = {
            name: getattr(notice, name)
            for name in ("notice_id", "key", "title", "text", "at", "folder", "except_channel")
        }
        values |= {"kind": notice.kind.value, "level": notice.level.value}
        connection.execute(
            insert(connection, NOTICES)
            .values(values)
            .on_conflict_do_nothing(index_elements=["notice_id"])
        )


def oldest_waiting(connection: Connection) -> Mapping[Kind, datetime]:
    """Return since when notices of each kind wait."""
    oldest = sa.func.min(NOTICES.c.at)
    query = sa.select(NOTICES.c.kind, oldest).where(_WAITS).group_by(NOTICES.c.kind)
    return {Kind(kind): at for kind, at in connection.execute(query)}


def waiting(connection: Connection, kinds: Sequence[Kind]) -> Waiting:
    """Return what waits of these kinds, oldest first."""
    of_kinds = sa.and_(_WAITS, NOTICES.c.kind.in_([kind.value for kind in kinds]))
    rows = connection.execute(NOTICES.select().where(of_kinds).order_by(NOTICES.c.at)).all()
    # Not by a list of keys: a statement for each length of it would be kept prepared.
    keys = sa.select(NOTICES.c.key).where(of_kinds)
    troubles = connection.execute(TROUBLES.select().where(TROUBLES.c.key.in_(keys))).all()
    return Waiting(
        notices=[_notice(row) for row in rows],
        told_at={row.key: row.told_at for row in troubles},
        held_back={row.key: row.held_back for row in troubles},
    )


def hand_out(
    connection: Connection, out: Outgoing, channels: Mapping[str, Level], now: datetime
) -> None:
    """Put each message on its way over the channels that want its level."""
    for message in out.messages:
        for channel, least in channels.items():
            if message.level.is_at_least(least) and channel != message.except_channel:
                connection.execute(DELIVERIES.insert().values(_delivery(message, channel, now)))
    for key, count in out.held_back.items():
        more = {"held_back": TROUBLES.c.held_back + count}
        connection.execute(TROUBLES.update().where(TROUBLES.c.key == key).values(more))
    for key in out.keys:
        told = {"told_at": now, "held_back": 0}
        connection.execute(
            insert(connection, TROUBLES)
            .values(key=key, **told)
            .on_conflict_do_update(index_elements=["key"], set_=told)
        )
    connection.execute(_DONE, [{"of": notice_id, "done_at": now} for notice_id in out.told])
    connection.execute(NOTICES.delete().where(NOTICES.c.done_at < now - KEPT))
    connection.execute(DELIVERIES.delete().where(DELIVERIES.c.ended_at < now - KEPT))


def next_delivery(connection: Connection, channel: str, now: datetime) -> Delivery | None:
    """Return the oldest delivery of the channel that may be tried now."""
    row = connection.execute(
        DELIVERIES.select()
        .where(
            DELIVERIES.c.channel == channel,
            DELIVERIES.c.ended_at.is_(None),
            DELIVERIES.c.next_at <= now,
        )
        .order_by(DELIVERIES.c.position)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Delivery(
        position=row.position,
        added_at=row.added_at,
        tries=row.tries,
        message=Message(
            kind=Kind(row.kind),
            level=Level(row.level),
            title=row.title,
            text=row.text,
            folder=row.folder,
        ),
    )


def end_delivery(connection: Connection, position: int, now: datetime, *, arrived: bool) -> None:
    connection.execute(
        DELIVERIES.update()
        .where(DELIVERIES.c.position == position)
        .values(ended_at=now, arrived=arrived)
    )


def put_off(connection: Connection, position: int, until: datetime) -> None:
    """Try the delivery again, at the earliest then."""
    connection.execute(
        DELIVERIES.update()
        .where(DELIVERIES.c.position == position)
        .values(tries=DELIVERIES.c.tries + 1, next_at=until)
    )


def mark(connection: Connection, name: str) -> str | None:
    """Return what was remembered under the name."""
    query = sa.select(MARKS.c.value).where(MARKS.c.name == name)
    found: str | None = connection.execute(query).scalar()
    return found


def set_mark(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        insert(connection, MARKS)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def _delivery(message: Message, channel: str, now: datetime) -> dict[str, Any]:
    return {
        "channel": channel,
        "kind": message.kind.value,
        "level": message.level.value,
        "title": message.title,
        "text": message.text,
        "folder": message.folder,
        "added_at": now,
        "tries": 0,
        "next_at": now,
        "arrived": False,
    }


def _notice(row: Any) -> Notice:
    return Notice(
        notice_id=row.notice_id,
        kind=Kind(row.kind),
        level=Level(row.level),
        key=row.key,
        title=row.title,
        text=row.text,
        at=row.at,
        folder=row.folder,
        except_channel=row.except_channel,
    )

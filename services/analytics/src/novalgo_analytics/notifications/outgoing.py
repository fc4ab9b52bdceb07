"""What goes out now: digests that are full, and no trouble twice within its cool-down.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from novalgo_analytics.notifications.notice import Message, Notice
from novalgo_analytics.notifications.rules import Rules

MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    messages: tuple[Message, ...]
    told: frozenset[str]
    """The ids of the notices that are done with: in a message, or held back by a cool-down."""
    keys: frozenset[str]
    """The troubles that were told now."""


def outgoing(
    waiting: Sequence[Notice],
    told_at: Mapping[str, datetime],
    held_back: Mapping[str, int],
    rules: Rules,
    now: datetime,
) -> Outgoing:
    """Return what to send of the waiting notices, which are given oldest first.

    `told_at` says when a trouble was told last, `held_back` how often it came since.
    """
    messages: list[Message] = []
    done: set[str] = set()
    keys: set[str] = set()
    ordered = sorted(waiting, key=lambda notice: notice.kind)  # stable: oldest first in a kind
    for kind, of_kind in groupby(ordered, key=lambda notice: notice.kind):
        notices, policy = list(of_kind), rules.policy(kind)
        if now - notices[0].at < timedelta(minutes=policy.digest):
            continue
        fresh = []
        for notice in notices:
            done.add(notice.notice_id)
            told = told_at.get(notice.key)
            cooling = told is not None and now - told < timedelta(minutes=policy.cooldown)
            if cooling or (policy.cooldown and notice.key in keys):
                continue
            fresh.append(notice)
            keys.add(notice.key)
        messages += _messages(fresh, held_back, together=policy.digest > 0)
    return Outgoing(messages=tuple(messages), told=frozenset(done), keys=frozenset(keys))


def _messages(
    notices: Sequence[Notice], held_back: Mapping[str, int], *, together: bool
) -> Iterable[Message]:
    if together and len(notices) > 1:
        return [_digest(notices)]
    return [_message(notice, held_back.get(notice.key, 0)) for notice in notices]


def _message(notice: Notice, repeats: int) -> Message:
    text = (
        f"{notice.text}\n{repeats} more of this since it was told last." if repeats else notice.text
    )
    return Message(
        kind=notice.kind,
        level=notice.level,
        title=notice.title,
        text=text,
        folder=notice.folder,
        except_channel=notice.except_channel,
    )


def _digest(notices: Sequence[Notice]) -> Message:
    lines = [notice.text for notice in notices[:MOST_LINES]]
    if len(notices) > MOST_LINES:
        lines.append(f"and {len(notices) - MOST_LINES} more")
    return Message(
        kind=notices[0].kind,
        level=max((notice.level for notice in notices), key=list(type(notices[0].level)).index),
        title=f"{len(notices)} × {notices[0].title}",
        text="\n".join(lines),
    )

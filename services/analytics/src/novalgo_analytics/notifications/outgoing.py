"""What goes out now: digests that are full, and no trouble twice within its cool-down.  Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from novalgo_analytics.notifications.notice import Message, Notice
from novalgo_analytics.notifications.rules import Policy, Rules

MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    messages: tuple[Message, ...]
    told: frozenset[str]
    """The ids of the notices that are done with: in a message, or held back by a cool-down."""
    keys: frozenset[str]
    """The troubles that are told now and cool down from now on."""
    held_back: Mapping[str, int]
    """How many notices of a trouble its cool-down holds back now."""


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
    cooling: Counter[str] = Counter()
    ordered = sorted(waiting, key=lambda notice: notice.kind)  # stable: oldest first in a kind
    for kind, of_kind in groupby(ordered, key=lambda notice: notice.kind):
        notices, policy = list(of_kind), rules.policy(kind)
        if not is_due(policy, notices[0].at, now):
            continue
        done.update(notice.notice_id for notice in notices)
        fresh = notices
        if policy.cooldown:
            fresh = _fresh(notices, told_at, now - timedelta(minutes=policy.cooldown), cooling)
            keys.update(notice.key for notice in fresh)
        messages += _messages(fresh, held_back, together=policy.digest > 0)
    return Outgoing(
        messages=tuple(messages),
        told=frozenset(done),
        keys=frozenset(keys),
        held_back=dict(cooling),
    )


def is_due(policy: Policy, oldest: datetime, now: datetime) -> bool:
    """Say whether a digest that began with its oldest notice is full."""
    return now - oldest >= timedelta(minutes=policy.digest)


def _fresh(
    notices: Sequence[Notice],
    told_at: Mapping[str, datetime],
    warm_since: datetime,
    cooling: Counter[str],
) -> list[Notice]:
    """Return the first notice of each trouble that is not cooling; count those that are."""
    fresh: dict[str, Notice] = {}
    for notice in notices:
        told = told_at.get(notice.key)
        if told is not None and told > warm_since:
            cooling[notice.key] += 1
        else:
            fresh.setdefault(notice.key, notice)
    return list(fresh.values())


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

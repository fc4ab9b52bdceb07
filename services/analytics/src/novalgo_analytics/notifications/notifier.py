"""Looks through the journal for what the owner is to be told, and tells it over every channel.

A channel has its own worker: one that hangs or is dead delays nobody, and is told of on the others.
What is to be told is stored first, so a restart neither forgets it nor tells it anew.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from novalgo_analytics.measures.transfers import highest_close, moved_since
from novalgo_analytics.metrics import Metrics
from novalgo_analytics.notifications.notice import Kind, Level, Message, Notice, Outcome
from novalgo_analytics.notifications.outgoing import is_due, outgoing
from novalgo_analytics.notifications.rules import Rules
from novalgo_analytics.notifications.telling import made_notice, notice_of
from novalgo_analytics.notifications.thresholds import crossed, late
from novalgo_analytics.store import Store
from novalgo_analytics.store.notices import Delivery
from novalgo_common.background import Background
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import AccountSnapshotTaken, Ending, Event, SignalEnded
from novalgo_common.exchange_days import day_of

log = structlog.get_logger()

IDLE = 5.0
"""Seconds after which digests are looked at, though nothing was committed."""
BREATH = 0.2
"""Seconds between two looks: what is committed meanwhile is looked at together."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
DEAD_AFTER = 3
"""Failures in a row that make a channel count as dead."""
GIVEN_UP_AFTER = timedelta(hours=24)


class Telling(Protocol):
    """A channel.  `send` blocks; it returns whether the service took the message."""

    @property
    def name(self) -> str: ...

    @property
    def least(self) -> Level: ...

    def send(self, message: Message) -> bool: ...


@dataclass(frozen=True)
class LogChannel:
    """Where notices go while `NOTIFY_URLS` names no address."""

    name: str = "log"
    least: Level = Level.INFO

    def send(self, message: Message) -> bool:
        log.info("notice", kind=message.kind, level=message.level, title=message.title)
        return True


@dataclass
class Notifier:
    store: Store
    rules: Rules
    channels: Sequence[Telling]
    metrics: Metrics
    clock: Clock
    first_pause: timedelta = FIRST_PAUSE
    idle: float = IDLE
    _committed: asyncio.Event = field(default_factory=asyncio.Event)
    _handed_out: list[asyncio.Event] = field(default_factory=list)
    """One for each channel."""
    _failures: dict[str, int] = field(default_factory=dict)

    async def start(self, background: Background) -> None:
        """Look and tell for as long as the service is open.

        The first time ever what lies in the journal already is no news.
        """
        await self.store.begin_looking()
        background.run("notices", self._look_for_ever)
        for channel in self.channels:
            self.metrics.will_tell(channel.name)
            background.run(f"channel {channel.name}", lambda c=channel: self._tell_for_ever(c))  # type: ignore[misc]

    def wake(self) -> None:
        """Look at the store now: something was committed."""
        self._committed.set()

    def dead_channels(self) -> Sequence[str]:
        """Return the names of those that took nothing several times in a row."""
        return [name for name, failures in self._failures.items() if failures >= DEAD_AFTER]

    async def look(self) -> None:
        """Make notices of what is new in the journal, and hand out what is due."""
        while page := await self.store.unseen():
            made = [notice for _, event in page for notice in await self._notices(event)]
            await self.store.add_notices(made, page[-1][0])
        now, oldest = self.clock(), await self.store.oldest_notices()
        due = [kind for kind, at in oldest.items() if is_due(self.rules.policy(kind), at, now)]
        if not due:
            return
        waiting = await self.store.waiting_notices(due)
        out = outgoing(waiting.notices, waiting.told_at, waiting.held_back, self.rules, now)
        if out.told:
            await self.store.hand_out(out, {each.name: each.least for each in self.channels}, now)
            for event in self._handed_out:
                event.set()

    async def _look_for_ever(self) -> None:
        while True:
            self._committed.clear()
            try:
                await self.look()
            except UnavailableError as error:
                log.warning("notices.not_made", error=str(error))
            await asyncio.sleep(BREATH)
            await _rest(self._committed, self.idle)

    async def _notices(self, event: Event) -> list[Notice]:
        if isinstance(event, AccountSnapshotTaken):
            # Years of days are read for it: not for every event.
            days = await self.store.days()
            highest = highest_close(days, day_of(self.clock()))
            return crossed(event, highest, self.rules, moved_since(days, event.last_equity))
        found = [notice_of(event, self.rules)]
        if isinstance(event, SignalEnded) and event.ending is Ending.FILLED:
            way = await self.store.way_of(str(event.correlation_id))
            found.append(late(event, way, self.rules) if way is not None else None)
        return [notice for notice in found if notice is not None]

    async def _tell_for_ever(self, channel: Telling) -> None:
        handed_out = asyncio.Event()
        self._handed_out.append(handed_out)
        with ThreadPoolExecutor(1, thread_name_prefix=f"notify {channel.name}") as thread:
            while True:
                handed_out.clear()
                try:
                    while delivery := await self.store.next_delivery(channel.name, self.clock()):
                        await self._deliver(channel, delivery, thread)
                except UnavailableError as error:
                    log.warning("notices.not_told", channel=channel.name, error=str(error))
                await _rest(handed_out, self.idle)

    async def _deliver(
        self, channel: Telling, delivery: Delivery, thread: ThreadPoolExecutor
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            arrived = await loop.run_in_executor(thread, channel.send, delivery.message)
        except Exception as error:
            # What Apprise raises may hold the address, which is a secret: its kind must do.
            log.warning("notice.failed", channel=channel.name, error=type(error).__name__)
            arrived = False
        now = self.clock()
        if arrived:
            self.metrics.told(channel.name, Outcome.ARRIVED)
            await self.store.end_delivery(delivery.position, now, arrived=True)
            await self._is_alive(channel, now)
            return
        if now - delivery.added_at > GIVEN_UP_AFTER:
            self.metrics.told(channel.name, Outcome.GIVEN_UP)
            await self.store.end_delivery(delivery.position, now, arrived=False)
        else:
            self.metrics.told(channel.name, Outcome.FAILED)
            pause = min(LONGEST_PAUSE, self.first_pause * 2**delivery.tries)
            await self.store.put_off(delivery.position, now + pause)
        await self._has_failed(channel, now)

    async def _has_failed(self, channel: Telling, now: datetime) -> None:
        failures = self._failures[channel.name] = self._failures.get(channel.name, 0) + 1
        log.warning("notice.not_delivered", channel=channel.name, failures=failures)
        if failures == DEAD_AFTER:
            await self._tell_of(
                channel,
                now,
                f"{channel.name} is dead",
                f"{channel.name} took nothing {failures} times in a row. What was for it waits, "
                "and is tried again for a day: look at NOVALGO_NOTIFY_URLS, or at the service.",
            )

    async def _is_alive(self, channel: Telling, now: datetime) -> None:
        if self._failures.pop(channel.name, 0) >= DEAD_AFTER:
            await self._tell_of(
                channel, now, f"{channel.name} is back", f"{channel.name} takes messages again."
            )

    async def _tell_of(self, channel: Telling, now: datetime, title: str, message: str) -> None:
        notice = made_notice(
            self.rules,
            Kind.CHANNEL,
            notice_id=f"{title} {now.isoformat()}",
            key=title,
            title=title,
            at=now,
            words={"message": message, "service": "analytics", "code": "channel"},
            except_channel=channel.name,
        )
        if notice is not None:
            await self.store.add_notices([notice])


async def _rest(awake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await awake.wait()
    except TimeoutError:
        pass

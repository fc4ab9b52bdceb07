"""Keeps the sheet and the store in step: one reader, one writer, for as long as it runs."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from novalgo_common.clock import Clock
from novalgo_sheets import pace
from novalgo_sheets.config_tab import ConfigTab, Trouble, Unusable, read_config
from novalgo_sheets.kept import Kept
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.plan import Plan, Shown, announcements, next_config, performance_written, plan
from novalgo_sheets.sheet import Reading, Sheet, SheetAwayError
from novalgo_sheets.store import Store
from novalgo_sheets.trouble import Episode

log = structlog.get_logger()

Seconds = Callable[[], float]


@dataclass(frozen=True)
class _Newest:
    """The newest read.  It serves one write: after that, the rows may lie elsewhere."""

    reading: Reading
    tab: ConfigTab | None


class SheetWorker:
    """Reads every 2 s and writes what differs, from the newest read and at most every 1.5 s."""

    def __init__(
        self,
        sheet: Sheet,
        store: Store,
        metrics: Metrics,
        clock: Clock,
        *,
        seconds: Seconds = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sheet = sheet
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._seconds = seconds
        self._chance = chance
        self._reads, self._writes = pace.reading(), pace.writing()
        self._newest: _Newest | None = None
        self._episode: Episode | None = None
        self._has_config = False
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for something to write now."""
        self._wake.set()

    def problem(self) -> str | None:
        """Say why the config in force may not be the sheet's."""
        if self._episode and (not self._has_config or self._episode.is_lasting(self._clock())):
            return self._episode.sentence(has_config=self._has_config)
        return None if self._has_config else "no config has been read from the sheet yet"

    async def run(self) -> None:
        """Keep in step for ever."""
        while True:
            self._wake.clear()
            await self.turn()
            await self._rest()

    async def turn(self) -> None:
        """Read and write what is due."""
        if self._seconds() >= self._reads.due:
            await self._read()
        if self._newest is not None and self._seconds() >= self._writes.due:
            await self._write(self._newest)

    async def _rest(self) -> None:
        due = self._reads.due
        if self._newest is not None and self._writes.due > self._seconds():
            due = min(due, self._writes.due)
        try:
            async with asyncio.timeout(max(0.0, due - self._seconds())):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _read(self) -> None:
        self._newest = None
        kept = await self._store.kept()
        self._has_config = kept.config is not None
        try:
            reading = await self._sheet.read(with_performance=bool(kept.updates))
        except SheetAwayError as error:
            self._reads = self._failed("read", self._reads, error)
            await self._go_through(Unusable(Trouble.UNREADABLE, str(error)), kept)
            return
        self._reads = self._reads.after_success(self._seconds())
        self._metrics.requests.labels("read", "ok").inc()
        self._metrics.last_read.set(self._clock().timestamp())
        tab = read_config(reading.config.cells)
        if isinstance(tab, Unusable):
            await self._go_through(tab, kept)
            self._newest = _Newest(reading, None)
        else:
            await self._take(tab, kept)
            self._newest = _Newest(reading, tab)

    async def _take(self, tab: ConfigTab, kept: Kept) -> None:
        changed = next_config(tab, kept.config, now=self._clock(), event_id=uuid4())
        if changed is not None:
            await self._store.keep_config(changed)
            event = changed.event
            log.info("config.changed", version=event.version, problems=len(event.problems))
        self._episode, self._has_config = None, True
        if kept.raised:
            await self._store.end_episodes()

    async def _go_through(self, unusable: Unusable, kept: Kept) -> None:
        now = self._clock()
        self._episode = (self._episode or Episode(unusable, now)).goes_on_as(unusable, now)
        if self._episode.is_lasting(now) and unusable.trouble.value not in kept.raised:
            alarm = self._episode.alarm(now, uuid4(), has_config=self._has_config)
            await self._store.raise_alarm(alarm)
            log.error("sheet.unusable", code=alarm.code, message=alarm.message)

    async def _write(self, newest: _Newest) -> None:
        kept = await self._store.kept()
        self._observe(kept)
        todo = plan(newest.reading, newest.tab, kept)
        if todo.standing:
            await self._announce(todo.standing)
        if todo.blocks:
            try:
                await self._sheet.write(newest.reading, todo.blocks)
            except SheetAwayError as error:
                self._writes = self._failed("write", self._writes, error)
                return
            finally:
                self._newest = None
            self._writes = self._writes.after_success(self._seconds())
            self._metrics.requests.labels("write", "ok").inc()
        await self._announce_written(todo)

    async def _announce(self, shown: Sequence[Shown]) -> None:
        await self._store.announce_changes(
            [item.change for item in shown], announcements(shown, self._clock())
        )

    async def _announce_written(self, done: Plan) -> None:
        if done.written:
            await self._announce(done.written)
        if done.updates:
            now = self._clock()
            await self._store.announce_performance(
                done.updates, [performance_written(update, now) for update in done.updates]
            )

    def _failed(self, kind: str, before: pace.Pace, error: SheetAwayError) -> pace.Pace:
        log.warning("sheet.away", kind=kind, error=str(error), failures=before.failures + 1)
        self._metrics.requests.labels(kind, "failed").inc()
        return before.after_failure(
            self._seconds(), retry_after=error.retry_after, chance=self._chance()
        )

    def _observe(self, kept: Kept) -> None:
        self._metrics.unwritten_statuses.set(len(kept.unannounced()))
        if kept.config is not None:
            event = kept.config.event
            self._metrics.config_version.set(event.version)
            self._metrics.active_rows.set(sum(row.active for row in event.rows))
            self._metrics.problem_rows.set(len(event.problems))

"""Keeps the sheet and the store in step: one reader, one writer, for as long as it runs."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from novalgo_common.clock import Clock
from novalgo_common.events import AccountSnapshotTaken, Event
from novalgo_common.tracing import record
from novalgo_sheets import boards_tabs, pace, performance_tab, risk_tab
from novalgo_sheets.boards import NOTHING, Boards
from novalgo_sheets.config_tab import ConfigTab, Key, Trouble, Unusable, read_config
from novalgo_sheets.guard import Rows, as_seen, settle
from novalgo_sheets.kept import Kept
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.plan import Plan, Shown, announcements, next_config, performance_written, plan
from novalgo_sheets.settings import Guards
from novalgo_sheets.sheet import Cells, NoConfigTabError, Reading, Sheet, SheetAwayError
from novalgo_sheets.store import Store
from novalgo_sheets.trouble import Episode

log = structlog.get_logger()

Seconds = Callable[[], float]
SLOW_EVERY = 10.0
"""Seconds between two looks at the tabs that only show."""
NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down when the sheet was last seen."""


@dataclass(frozen=True)
class _Newest:
    """The newest read.  It serves one write: after that, the rows may lie elsewhere."""

    reading: Reading
    tab: ConfigTab | Unusable


class SheetWorker:
    """Reads every 2 s and writes what differs, from the newest read and at most every 1.5 s."""

    def __init__(
        self,
        sheet: Sheet,
        store: Store,
        metrics: Metrics,
        clock: Clock,
        guards: Guards,
        *,
        seconds: Seconds = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sheet = sheet
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._guards = guards
        self._seconds = seconds
        self._chance = chance
        self._reads, self._writes = pace.reading(), pace.writing()
        self._slow_due = 0.0
        self._newest: _Newest | None = None
        self._last: tuple[str, ConfigTab | Unusable] | None = None
        self._seen: Rows = {}
        self._restless: Mapping[Key, int] = {}
        self._account: AccountSnapshotTaken | None = None
        self._episode: Episode | None = None
        self._has_config = False
        self._read_at: datetime | None = None
        self._noted_at: datetime | None = None
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for something to write now."""
        self._wake.set()

    async def follow_account(self, event: Event) -> None:
        """Take in the account as it is now, for the tabs that show it."""
        assert isinstance(event, AccountSnapshotTaken)
        self._account = event

    def read_at(self) -> datetime | None:
        """Return when the sheet was last seen to hold the config in force."""
        return self._read_at

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
        self._newest, started = None, self._seconds()
        kept = await self._store.kept()
        self._has_config = kept.config is not None
        try:
            reading = await self._sheet.read(self._wanted(kept, started))
        except NoConfigTabError as error:
            self._reads = self._reads.after_success(started)
            await self._go_through(Unusable(Trouble.MISSING, str(error)), kept)
            return
        except SheetAwayError as error:
            self._reads = self._failed("read", self._reads, error)
            await self._go_through(Unusable(Trouble.UNREADABLE, str(error)), kept)
            return
        self._reads = self._reads.after_success(started)
        self._metrics.requests.labels("read", "ok").inc()
        self._metrics.last_read.set(self._clock().timestamp())
        await self._obey(reading, kept)
        tab = self._understood(reading.config.cells)
        if isinstance(tab, Unusable):
            await self._go_through(tab, kept)
            self._newest = _Newest(reading, tab)
        else:
            self._newest = _Newest(reading, await self._take(tab, kept))

    def _understood(self, cells: Cells) -> ConfigTab | Unusable:
        """Return what the cells say; mostly they are those of the read before."""
        text = repr(cells)  # to Python, the cells TRUE and 1 are equal
        if self._last is None or self._last[0] != text:
            self._last = (text, read_config(cells, self._guards.size_cap))
        return self._last[1]

    def _wanted(self, kept: Kept, now: float) -> set[str]:
        wanted = {risk_tab.TITLE}
        if kept.updates:
            wanted.add(performance_tab.TITLE)
        if now >= self._slow_due:
            self._slow_due = now + SLOW_EVERY
            wanted.update(boards_tabs.SLOW)
        return wanted

    async def _obey(self, reading: Reading, kept: Kept) -> None:
        """Ask executor for what the owner's HALT cell says, once each time it changes."""
        grid = reading.others.get(risk_tab.TITLE)
        is_ticked = risk_tab.switch(grid) if grid is not None else None
        if is_ticked is None or is_ticked == kept.halt_switch:
            return
        event = risk_tab.order(is_ticked, self._clock(), uuid4())
        await self._store.note_switch(is_on=is_ticked, event=event)
        log.warning("halt.switched", is_ticked=is_ticked)

    async def _take(self, tab: ConfigTab, kept: Kept) -> ConfigTab:
        """Put the tab's rows in force as far as they count; return the tab with those."""
        known = kept.config.known if kept.config else {}
        settled = settle(tab, self._seen, known, self._guards.size_jump, self._restless)
        self._seen, self._restless = as_seen(tab), settled.restless
        if settled.is_waiting:
            self._reads = self._reads.with_second_look(self._seconds())
        if kept.config is None and settled.is_waiting and not settled.tab.config():
            return tab  # a first config without a row would decline every entry
        now = self._clock()
        changed = next_config(settled.tab, kept.config, now=now, event_id=uuid4())
        if changed is not None:
            await self._store.keep_config(changed)
            event = changed.event
            log.info("config.changed", version=event.version, problems=len(event.problems))
            for edit in event.edits or ():
                log.info("config.edited", version=event.version, **edit.model_dump())
        await self._note_read(now)
        self._episode, self._has_config = None, True
        if kept.raised:
            await self._store.end_episodes()
        return settled.tab

    async def _note_read(self, now: datetime) -> None:
        self._read_at = now
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            await self._store.note_read(now)
            self._noted_at = now

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
        boards = await self._boards(newest.reading)
        todo = plan(newest.reading, newest.tab, kept, boards)
        if todo.standing:
            await self._announce(todo.standing)
        if todo.anchors or todo.writes:
            began = self._clock()
            try:
                await self._carry_out(newest.reading, todo)
            except SheetAwayError as error:
                self._writes = self._failed("write", self._writes, error)
                return
            finally:
                self._newest = None
            self._writes = self._writes.after_success(self._seconds())
            self._metrics.requests.labels("write", "ok").inc()
            for shown in todo.written:
                record("write to the sheet", shown.change.signal_id, began)
        await self._announce_written(todo)

    async def _boards(self, reading: Reading) -> Boards:
        if not reading.others.keys() & {risk_tab.TITLE, *boards_tabs.SLOW}:
            return NOTHING
        return replace(await self._store.boards(), account=self._account)

    async def _carry_out(self, reading: Reading, todo: Plan) -> None:
        if todo.anchors:
            await self._sheet.anchor(reading, todo.anchors)
            # Where the columns lie now, the next read says: it comes at once.
            self._reads = self._reads.with_second_look(self._seconds())
        else:
            await self._sheet.write(reading, todo.strips, todo.blocks)

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

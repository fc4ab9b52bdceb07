"""One simulation: a day of signals on an executor that is killed, cut off and lied to.

Executor is the one that runs, wired by its own `main.py`; only the doors to the outside are ours.
"""

import asyncio
import contextlib
import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import structlog

from novalgo_common import relay
from novalgo_common.errors import UnavailableError
from novalgo_common.events import ConfigChanged, PositionsRequested, SignalReceived
from novalgo_common.store import Database
from novalgo_executor import main
from novalgo_executor.control import Control
from novalgo_executor.settings import Settings
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import Change, Side
from novalgo_simulator.broker.order_request import OrderRequest
from tests.simulation.audit import Audit, Violation
from tests.simulation.broker import SimulatedBroker
from tests.simulation.bus import PostOffice, SimulatedBus
from tests.simulation.day import LENGTH, Command, Day, Edit, Trade, plan
from tests.simulation.faults import Faults
from tests.simulation.final_audit import unfinished, untold
from tests.simulation.promises import Promise
from tests.simulation.store import Door, disk
from tests.simulation.venue import Venue
from tests.simulation.virtual_loop import VirtualLoop

RELAY_IDLE = 5.0
"""Seconds; looking at an empty outbox every second would take a third of a run."""
LOOK_EVERY = 2.0
MOST_STEPS = 30_000
"""Far more than any day needs: only a loop without a pause gets here."""
PATIENCE = 400.0
"""Seconds after the last fault within which everything must have ended."""


@dataclass
class Life:
    """One process of executor, from its start to its kill."""

    door: Door
    broker: SimulatedBroker
    bus: SimulatedBus
    control: Control | None = None
    task: asyncio.Task[None] | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Outcome:
    """What one seed came to."""

    seed: int
    violations: tuple[Violation, ...]
    trace: tuple[str, ...]
    counts: Counter[str]
    faults: Counter[str]
    endings: Counter[str]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


@dataclass
class World:
    seed: int
    day: Day = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - it must repeat, not surprise
        self.day = plan(self.chance)
        self.fault_counts: Counter[str] = Counter()
        self.faults = Faults(self.chance, self.fault_counts)
        self.disk = disk()
        self.disk.clear()
        self.venue = Venue(self.chance, self.faults, self.day.closed)
        self.venue.on_change = self._hear
        others = bool(self.day.trades)
        self.audit = Audit(self.disk, self.venue, self.trace, others, bool(self.day.clock_steps))
        self.office = PostOffice(self.day.symbols)
        self.life: Life | None = None
        self.old_lives: list[Life] = []
        self.skew = timedelta(0)
        self.steps = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.published: list[SignalReceived] = []
        self.loop = VirtualLoop(self.chance, self.step)

    # --- time

    def clock(self) -> datetime:
        """Return the time as executor's machine has it."""
        return self.venue.now() + self.skew

    def is_away(self) -> bool:
        at = self.loop.time()
        return any(start <= at < end for start, end in self.day.outages)

    def trace(self, line: str) -> None:
        self.lines.append(f"{self.loop.time():9.3f} {line}")

    def step(self, label: str) -> None:
        """Something is about to leave the process, or has: here it can be killed."""
        self.steps += 1
        if self.steps == MOST_STEPS:
            self.audit.fail(Promise.DRAINS, "something is done over and over without a pause")
        if label == "the store has worked":
            self.audit.committed()
        if self.steps in self.day.crashes and self.life is not None:
            self.trace(f"KILL {label}")
            self.counts["crashes"] += 1
            self._kill()
            self.loop.call_later(self.chance.uniform(0.5, 10), self._start)

    # --- lives

    def _start(self) -> None:
        door = Door(self.disk, self.faults)
        broker = SimulatedBroker(self.venue, self.faults, self.audit, self.step, self.is_away)
        bus = SimulatedBus(self.office, self.faults, self.step)
        life = self.life = Life(door, broker, bus)
        life.task = self.loop.create_task(self._live(life))

    def _kill(self) -> None:
        life, self.life = self.life, None
        assert life is not None
        assert life.task is not None
        life.is_over = True
        life.door.shut()
        life.broker.shut()
        life.bus.shut()
        life.task.cancel()
        self.old_lives.append(life)

    async def _live(self, life: Life) -> None:
        with structlog.contextvars.bound_contextvars(life=life):
            try:
                async with main.open_service(_settings(self.day), life.bus, self.clock):
                    self.trace("executor runs")
                    await asyncio.get_running_loop().create_future()
            except UnavailableError as error:
                if not life.is_over:
                    self.trace(f"executor could not start: {error}")
                    self._kill()
                    self.loop.call_later(1.0, self._start)
            except Exception as error:
                if not life.is_over:
                    self.audit.fail(Promise.NO_CRASH, f"executor stopped: {error!r}")

    def _hear(self, change: Change) -> None:
        self.audit.changed(change)
        if self.life is not None:
            self.life.broker.hear(change)

    def log(self, _logger: object, _name: str, event: Any) -> Any:
        """An error in executor's log is a fault of its own, unless its process is dead."""
        life = event.get("life")
        known = event["event"] in ("store.commit_failed",)
        if life is not None and not life.is_over and not known:
            detail = f"{event['event']} {event.get('exc_info')!r} {event}"
            self.audit.fail(Promise.NO_CRASH, detail)
        raise structlog.DropEvent

    # --- the day

    def run(self) -> Outcome:
        with _composition(self):
            asyncio.set_event_loop(self.loop)
            try:
                self.loop.run_until_complete(self._run())
            finally:
                asyncio.set_event_loop(None)
                self.loop.close()
        return Outcome(
            seed=self.seed,
            violations=tuple(self.audit.violations),
            trace=tuple(self.lines),
            counts=self.counts,
            faults=self.fault_counts,
            endings=self.audit.endings,
        )

    async def _run(self) -> None:
        self.venue.follow_hours()
        self._schedule()
        self._start()
        await self._until(LENGTH, lambda: False)
        self.faults.stop()
        self.trace("the faults have stopped")
        await self._until(LENGTH + PATIENCE, lambda: not unfinished(self))
        if not self.audit.violations:
            for promise, detail in unfinished(self) + untold(self):
                self.audit.fail(promise, detail)
        self._count()
        await self._close()

    async def _until(self, deadline: float, is_done: Callable[[], bool]) -> None:
        """Let time pass; a broken promise ends the run at once."""
        while self.loop.time() < deadline and not self.audit.violations and not is_done():
            left = deadline - self.loop.time()
            await asyncio.sleep(min(LOOK_EVERY, left))

    def _schedule(self) -> None:
        at = self.loop.call_at
        for moment, signal in self.day.signals:
            at(moment, self._post, signal)
        for number, edit in enumerate(self.day.edits, start=1):
            at(edit.at, self._edit, number, edit)
        for trade in self.day.trades:
            at(max(0.0, trade.at), self._trade, trade)
        for command in self.day.commands:
            at(command.at, self._command, command)
        for moment, step in self.day.clock_steps:
            at(moment, self._set_clock, step)
        at(LENGTH / 2, self._ask)

    def _post(self, signal: SignalReceived) -> None:
        self.trace(f"signal {signal.sequence} {signal.action} {signal.symbol} {signal.timeframe}")
        self.published.append(signal)
        self.office.queues[signal.symbol].append(signal)
        if self.life is not None:
            self.life.bus.post(signal)

    def _edit(self, version: int, edit: Edit) -> None:
        rows = ", ".join(
            f"{row.symbol} {row.timeframe} {row.position_size} {row.active}" for row in edit.rows
        )
        self.trace(f"config {rows}")
        event_id = self.new_id()
        self.office.config = ConfigChanged(
            event_id=event_id,
            correlation_id=event_id,
            occurred_at=self.venue.now(),
            version=version,
            rows=edit.rows,
        )
        if self.life is not None:
            self.life.bus.broadcast(self.office.config)

    def _trade(self, trade: Trade) -> None:
        side = Side.BUY if trade.quantity > 0 else Side.SELL
        order = OrderRequest(symbol=trade.symbol, side=side, qty=abs(trade.quantity))
        placed = self.venue.place(order)
        done = "refused" if isinstance(placed, Refusal) else "placed"
        self.trace(f"by hand {trade.symbol} {trade.quantity} {done}")
        self.counts["trades by hand"] += done == "placed"

    def _command(self, command: Command) -> None:
        if self.life is None or self.life.control is None:
            return
        self.trace(f"by order {command.verb} {command.scope}")
        self.counts[f"orders to {command.verb}"] += 1
        self._tasks.append(self.loop.create_task(self._obey(self.life.control, command)))

    async def _obey(self, control: Control, command: Command) -> None:
        with contextlib.suppress(UnavailableError):
            if command.verb == "halt":
                await control.halt(command.scope, "a person's word")
            elif command.verb == "resume":
                await control.resume(command.scope)
            else:
                await control.flatten(command.scope, "a person's word")

    def _set_clock(self, step: timedelta) -> None:
        self.trace(f"executor's clock steps by {step.total_seconds()} s")
        self.counts["clock steps"] += 1
        self.skew = step

    def _ask(self) -> None:
        if self.life is None:
            return
        event_id = self.new_id()
        request = PositionsRequested(
            event_id=event_id, correlation_id=event_id, occurred_at=self.venue.now()
        )
        self._tasks.append(self.loop.create_task(self.life.bus.ask(request)))

    def new_id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _count(self) -> None:
        self.counts["signals"] += len(self.published)
        self.counts["orders"] += len(self.venue.ledger.orders)
        self.counts["fills"] += len(self.venue.ledger.fills)
        self.counts["steps"] += self.steps
        self.counts["outages"] += len(self.day.outages)
        self.counts["market closings"] += len(self.day.closed)

    async def _close(self) -> None:
        """Take everything down: what happens from here on is not executor's."""
        if self.life is not None:
            self._kill()
        self.audit.committed = lambda: None  # type: ignore[method-assign]
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _settings(day: Day) -> Settings:
    key = (day.reject_when_closed, day.refuse_conflicts)
    if key not in _SETTINGS:
        _SETTINGS[key] = Settings.model_validate(
            {
                "when_closed": "reject" if day.reject_when_closed else "queue",
                "conflict": "refuse" if day.refuse_conflicts else "net",
                "reconcile_seconds": Decimal(10),
                "data_dir": "simulated",
                "api_keys": "made-up-key",
            }
        )
    return _SETTINGS[key]


_SETTINGS: dict[tuple[bool, bool], Settings] = {}


@contextmanager
def _composition(world: World) -> Iterator[None]:
    """Put our doors into executor's own wiring."""

    @asynccontextmanager
    async def database(_settings: Settings, _service: str) -> AsyncIterator[Database]:
        assert world.life is not None
        opened = Database(world.life.door.engine)
        try:
            yield opened
        finally:
            await opened._finish()

    @asynccontextmanager
    async def broker(*_connecting: object) -> AsyncIterator[SimulatedBroker]:
        assert world.life is not None
        yield world.life.broker

    def control(**parts: Any) -> Control:
        assert world.life is not None
        world.life.control = Control(**parts)
        return world.life.control

    with (
        patch.object(main, "Database", SimpleNamespace(open=database)),
        patch.object(main, "AlpacaBroker", SimpleNamespace(connect=broker)),
        patch.object(main, "uuid", SimpleNamespace(uuid4=world.new_id)),
        patch.object(main, "Control", control),
        patch.object(relay, "IDLE", RELAY_IDLE),
        _logging_to(world),
    ):
        yield


@contextmanager
def _logging_to(world: World) -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, world.log],
        wrapper_class=structlog.make_filtering_bound_logger("error"),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            structlog.configure(**before)


def simulate(seed: int) -> Outcome:
    """Run the day that this seed has in store; the same seed gives the same outcome."""
    return World(seed).run()

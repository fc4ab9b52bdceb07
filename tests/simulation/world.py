"""One simulation: a day of signals on an executor that is killed, cut off and lied to.

Executor is the one that runs, wired by its own `main.py`; only the doors to the outside are ours.
"""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from novalgo_common.errors import UnavailableError
from novalgo_common.events import SignalReceived, TradingHalted
from novalgo_executor import main
from novalgo_executor.control import Control
from novalgo_executor.limits import Limits
from novalgo_simulator.broker.order import Change
from tests.simulation.audit.audit import Audit
from tests.simulation.audit.final import believed, unfinished, untold
from tests.simulation.audit.promises import Promise
from tests.simulation.audit.record import Record, Violation
from tests.simulation.broker import SimulatedBroker
from tests.simulation.bus import PostOffice, SimulatedBus
from tests.simulation.composition import composed, settings
from tests.simulation.day import LENGTH, Day, plan
from tests.simulation.faults import Faults
from tests.simulation.script import Script
from tests.simulation.store import Door, disk
from tests.simulation.venue import Venue
from tests.simulation.virtual_loop import VirtualLoop

LOOK_EVERY = 2.0
TRIPS = ("day_loss", "drawdown", "losing_streak")
MOST_STEPS = 12_000
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

    def end(self) -> None:
        """Shut every door first: what the dying process still does reaches nobody."""
        self.is_over = True
        self.door.shut()
        self.broker.shut()
        self.bus.shut()
        assert self.task is not None
        self.task.cancel()


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


class World:
    """Everything that one seed decides."""

    def __init__(self, seed: int, day: Day | None = None) -> None:
        self.seed = seed
        self._chance = random.Random(seed)  # noqa: S311 - it must repeat, not surprise
        drawn = plan(self._chance)
        self.day = day or drawn
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self._fault_counts: Counter[str] = Counter()
        self._faults = Faults(self._chance, self._fault_counts)
        self.disk = disk()
        self.disk.clear()
        self.venue = Venue(self._chance, self._faults, self.day)
        self.venue.on_change = self._hear
        others, clock = bool(self.day.trades or self.day.befalls), bool(self.day.clock_steps)
        self.record = Record(
            self.disk, self.venue, self.trace, self.day, others_trade=others, clock_steps=clock
        )
        self._audit = Audit(self.record)
        self.office = PostOffice(self.day.symbols)
        self.life: Life | None = None
        self.skew = timedelta(0)
        self.published: list[SignalReceived] = []
        self.lost_by_reset: list[str] = []
        """Symbols of which a reset took what executor knew of, from orders that it knew of too."""
        self._steps = 0
        self.loop = VirtualLoop(self._chance, self._step, self._fail)

    def run(self) -> Outcome:
        with composed(self):
            asyncio.set_event_loop(self.loop)
            try:
                self.loop.run_until_complete(self._run())
            finally:
                asyncio.set_event_loop(None)
                self.loop.close()
        return Outcome(
            seed=self.seed,
            violations=tuple(self.record.violations),
            trace=tuple(self.lines),
            counts=self.counts,
            faults=self._fault_counts,
            endings=self._audit.endings.counts,
        )

    def trace(self, line: str) -> None:
        self.lines.append(f"{self.loop.time():9.3f} {line}")

    def new_id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)

    def log(self, _logger: object, _name: str, event: Any) -> Any:
        """An error in executor's log is a fault of its own, unless its process is dead."""
        life, name = event.get("life"), event["event"]
        if life is not None and not life.is_over and name != "store.commit_failed":
            self.record.fail(Promise.NO_CRASH, f"{name} {event}")
        raise structlog.DropEvent

    # --- what executor lives in

    def _clock(self) -> datetime:
        """Return the time as executor's machine has it."""
        return self.venue.now() + self.skew

    def _is_away(self) -> bool:
        return any(start <= self.loop.time() < end for start, end in self.day.outages)

    def _hear(self, change: Change) -> None:
        self._audit.orders.changed(change)
        if self.life is not None:
            self.life.broker.hear(change)

    def _step(self, label: str) -> None:
        """Something is about to leave the process, or has: here it can be killed."""
        self._steps += 1
        if self._steps == MOST_STEPS:
            self.record.fail(Promise.DRAINS, "something is done over and over without a pause")
        if label == "the store has worked":
            self._audit.committed()
        if self._steps in self.day.crashes and self.life is not None:
            self.trace(f"KILL {label}")
            self.counts["crashes"] += 1
            self._end_life()
            self.loop.call_later(self._chance.uniform(0.5, 10), self._start)

    def _fail(self, error: BaseException) -> None:
        self.record.fail(Promise.NO_CRASH, f"the simulation itself: {error!r}")

    def about_to_reset(self) -> None:
        """Remember what executor has to miss."""
        query = (
            "SELECT 1 FROM orders JOIN notes ON name = 'books_agreed'"
            " WHERE order_id IS NOT NULL AND given_up_at IS NULL"
            " AND julianday(ended_at) < julianday(value)"
        )
        if self.disk.rows(query) and not self.lost_by_reset:
            held = {symbol: self.venue.ledger.held(symbol) for symbol in self.day.symbols}
            ours = believed(self)
            self.lost_by_reset = [name for name in held if held[name] and held[name] == ours[name]]

    # --- its lives

    def _start(self) -> None:
        life = self.life = Life(
            Door(self.disk, self._faults),
            SimulatedBroker(
                self.venue,
                self._faults,
                self._audit,
                self._step,
                is_away=self._is_away,
                clock=self._clock,
            ),
            SimulatedBus(self.office, self._faults, self._step),
        )
        life.task = self.loop.create_task(self._live(life))

    def _end_life(self) -> None:
        assert self.life is not None
        self.life.end()
        self.life = None

    async def _live(self, life: Life) -> None:
        day = self.day
        chosen = settings(day.when_closed, day.conflict, day.limits)
        with structlog.contextvars.bound_contextvars(life=life):
            try:
                async with main.open_service(chosen, life.bus, self._clock):
                    self.trace("executor runs")
                    await self.loop.create_future()
            except UnavailableError as error:
                if not life.is_over:
                    self.trace(f"executor could not start: {error}")
                    self._end_life()
                    self.loop.call_later(1.0, self._start)
            except Exception as error:
                if not life.is_over:
                    self.record.fail(Promise.NO_CRASH, f"executor stopped: {error!r}")

    # --- the day

    async def _run(self) -> None:
        self.venue.follow_hours()
        script = Script(self)
        script.schedule()
        self._start()
        await self._until(LENGTH, lambda: False)
        self._faults.stop()
        self.trace("the faults have stopped")
        await self._until(LENGTH + PATIENCE, lambda: not unfinished(self))
        if not self.record.violations:
            for promise, detail in unfinished(self) + untold(self):
                self.record.fail(promise, detail)
        self._count()
        await self._close()

    async def _until(self, deadline: float, is_done: Callable[[], bool]) -> None:
        """Let time pass; a broken promise ends the run at once."""
        while self.loop.time() < deadline and not self.record.violations and not is_done():
            left = deadline - self.loop.time()
            await asyncio.sleep(min(LOOK_EVERY, left))

    def _count(self) -> None:
        self.counts["signals"] += len(self.published)
        self.counts["orders"] += len(self.venue.ledger.orders)
        self.counts["fills"] += len(self.venue.ledger.fills)
        self.counts["steps"] += self._steps
        self.counts["days with revoked keys"] += bool(self.day.revoked)
        self.counts["days without stated positions for a while"] += bool(self.day.unstated)
        self.counts["days with limits"] += self.day.limits != Limits()
        self.counts["limits that tripped"] += self._tripped()
        self.counts["orders after they were given up"] += self.late_orders()
        self.counts["outages"] += len(self.day.outages)
        self.counts["market closings"] += len(self.day.closed)

    def late_orders(self) -> int:
        query = "SELECT count(*) FROM orders WHERE late_settled_at IS NOT NULL"
        count: int = self.disk.rows(query)[0][0]
        return count

    def _tripped(self) -> int:
        halted = [
            event for event in self.office.received.values() if isinstance(event, TradingHalted)
        ]
        return sum(event.reason.startswith(TRIPS) for event in halted)

    async def _close(self) -> None:
        self._audit.stop()
        if self.life is not None:
            self._end_life()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def simulate(seed: int, day: Day | None = None) -> Outcome:
    """Run the day that this seed has in store; the same seed gives the same outcome.

    With a `day` it is that one, in the weather that the seed has for it.
    """
    return World(seed, day).run()

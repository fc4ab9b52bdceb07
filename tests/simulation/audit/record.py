"""What was seen broken, and the trace that it stands in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from novalgo_common.events import Event
from tests.simulation.audit.promises import Promise
from tests.simulation.day import Day
from tests.simulation.store import Disk
from tests.simulation.venue import Venue


@dataclass(frozen=True, slots=True)
class Violation:
    promise: Promise
    detail: str


@dataclass
class Record:
    """Shared by all who look: what they look at, and what they found."""

    disk: Disk
    venue: Venue
    trace: Callable[[str], None]
    day: Day
    others_trade: bool
    clock_steps: bool
    requests: list[Event] = field(default_factory=list)
    """What a person has ordered so far."""
    late: set[str] = field(default_factory=set)
    """Ids of orders that arrive only after they are given up."""
    late_symbols: set[str] = field(default_factory=set)
    violations: list[Violation] = field(default_factory=list)

    def fail(self, promise: Promise, detail: str) -> None:
        self.trace(f"VIOLATION {promise.name}: {detail}")
        self.violations.append(Violation(promise, detail))


def seconds() -> float:
    """Return the true time, since the beginning of the simulation."""
    return asyncio.get_running_loop().time()

"""The way of a signal, from the alert to the sheet, and how long each part of it takes.  Pure."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import TypeAlias

from novalgo_common.events import Ending


class Milestone(StrEnum):
    """Where a signal has come to, in this order."""

    ALERT = "alert"  #: TradingView fired, by its own clock
    RECEIVED = "received"  #: ingest began to read it
    STORED = "stored"  #: ingest's commit of it
    DECIDED = "decided"  #: executor decided what to do
    SUBMITTED = "submitted"  #: the first order is at the broker
    FILLED = "filled"  #: the last fill
    SHOWN = "shown"  #: its last status stands in the sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One signal and the times at which it reached its milestones."""

    signal_id: str
    symbol: str
    timeframe: str
    ending: Ending | None
    reason: str | None
    times: Mapping[Milestone, datetime]

    def seconds(self, start: Milestone, end: Milestone) -> float | None:
        """Return how long it took from one to the other, or None where it has not been at both."""
        if start not in self.times or end not in self.times:
            return None
        return (self.times[end] - self.times[start]).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long one stretch takes, in seconds, over many signals."""

    start: Milestone
    end: Milestone
    count: int
    median: float
    p95: float
    p99: float
    worst: float
    worst_signal: str


Stretch: TypeAlias = tuple[Milestone, Milestone]

STRETCHES: tuple[Stretch, ...] = (
    (Milestone.ALERT, Milestone.RECEIVED),
    (Milestone.RECEIVED, Milestone.STORED),
    (Milestone.STORED, Milestone.DECIDED),
    (Milestone.DECIDED, Milestone.SUBMITTED),
    (Milestone.SUBMITTED, Milestone.FILLED),
    (Milestone.FILLED, Milestone.SHOWN),
    (Milestone.ALERT, Milestone.FILLED),
    (Milestone.ALERT, Milestone.SHOWN),
)


def percentile(ordered: Sequence[float], part: float) -> float:
    """Return the nearest-rank percentile of values that are sorted and not none.

    The smallest value that at least `part` of them do not exceed, so always one that was measured
    (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.2 names the other ways).
    """
    return ordered[max(0, ceil(part * len(ordered)) - 1)]


class Delays:
    """How long each stretch took: one number is kept of each that a signal went."""

    def __init__(self) -> None:
        self._taken = {stretch: array("d") for stretch in STRETCHES}
        self._worst: dict[Stretch, tuple[float, str]] = {}

    def add(self, way: Way) -> None:
        for stretch in STRETCHES:
            seconds = way.seconds(*stretch)
            if seconds is not None:
                self._taken[stretch].append(seconds)
                one = (seconds, way.signal_id)
                self._worst[stretch] = max(one, self._worst.get(stretch, one))

    def found(self) -> tuple[Delay, ...]:
        """Return a delay for each stretch; one that no signal went is left out."""
        return tuple(self._delay(stretch) for stretch in STRETCHES if self._taken[stretch])

    def _delay(self, stretch: Stretch) -> Delay:
        ordered = sorted(self._taken[stretch])
        start, end = stretch
        worst, worst_signal = self._worst[stretch]
        return Delay(
            start=start,
            end=end,
            count=len(ordered),
            median=percentile(ordered, 0.5),
            p95=percentile(ordered, 0.95),
            p99=percentile(ordered, 0.99),
            worst=worst,
            worst_signal=worst_signal,
        )

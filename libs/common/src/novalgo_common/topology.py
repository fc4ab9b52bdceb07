"""Who receives what: every queue of the system, as one table.

A publisher sends an event to each durable queue that this table gives it, so that a queue which
is missing is noticed at once, even while other queues exist (docs/decisions/0004).
"""

import zlib
from dataclasses import dataclass

from novalgo_common.events import (
    EVENTS,
    AccountSnapshotTaken,
    BarsReported,
    BarsRequested,
    ConfigChanged,
    ConfigRequested,
    Event,
    FillRecorded,
    FlattenRequested,
    HaltRequested,
    OrderEnded,
    OrderSubmitted,
    PerformanceUpdated,
    PerformanceWritten,
    PositionsReported,
    PositionsRequested,
    PreviewReported,
    PreviewRequested,
    ResumeRequested,
    SignalDecided,
    SignalEnded,
    SignalReceived,
    StatusWritten,
    TradingHalted,
    TradingResumed,
)

DEAD_LETTERS = "novalgo.dead"
DELIVERY_LIMIT = 20
"""How often a queue hands out one message before it counts as dead: only a crash loop gets here,
since a handler's failures are counted by the bus."""

REQUESTS: tuple[type[Event], ...] = (
    PositionsRequested,
    ConfigRequested,
    BarsRequested,
    PreviewRequested,
)
"""Questions that wait for an answer; they go through no queue of the table below."""
REPLIES: tuple[type[Event], ...] = (PositionsReported, BarsReported, PreviewReported)


@dataclass(frozen=True)
class Queue:
    """A durable queue: one consumer at a time, each key in order, each message until handled."""

    name: str
    events: tuple[type[Event], ...]
    partitions: int = 1

    def names(self) -> tuple[str, ...]:
        """Return the names of the queue's partitions."""
        return tuple(self._name(number) for number in range(self.partitions))

    def name_for(self, key: str) -> str:
        """Return the partition that all events of `key` go through."""
        return self._name(zlib.crc32(key.encode()) % self.partitions)

    def _name(self, number: int) -> str:
        return f"{self.name}.{number}" if self.partitions > 1 else self.name


EXECUTOR_SIGNALS = Queue("executor.signals", (SignalReceived,), partitions=8)
EXECUTOR_CONTROLS = Queue("executor.controls", (HaltRequested, ResumeRequested, FlattenRequested))
SHEETS_UPDATES = Queue(
    "sheets.updates",
    (
        SignalReceived,
        OrderSubmitted,
        SignalEnded,
        PerformanceUpdated,
        TradingHalted,
        TradingResumed,
    ),
)
INGEST_RECEIPTS = Queue(
    "ingest.receipts",
    (SignalDecided, SignalEnded, OrderSubmitted, FillRecorded, OrderEnded, StatusWritten),
)
ANALYTICS_JOURNAL = Queue(
    "analytics.journal",
    tuple(event for event in EVENTS if event not in (*REQUESTS, *REPLIES)),
)

QUEUES = (EXECUTOR_SIGNALS, EXECUTOR_CONTROLS, SHEETS_UPDATES, INGEST_RECEIPTS, ANALYTICS_JOURNAL)

BROADCASTS: tuple[type[Event], ...] = (ConfigChanged, AccountSnapshotTaken, PerformanceWritten)
"""Events that every running process may also follow live, with no queue that outlives it."""


def destinations(event: Event) -> tuple[str, ...]:
    """Return the durable queues that must receive `event`."""
    return tuple(queue.name_for(event.key) for queue in QUEUES if type(event) in queue.events)

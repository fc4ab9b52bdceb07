"""How long a signal takes from one stage to the next, for the metrics.

The beginnings are kept in memory: a signal that was under way while analytics started is not
measured, and a repeated event is none of this file's (the journal takes each once).
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from novalgo_common.events import (
    Event,
    FillRecorded,
    OrderSubmitted,
    SignalDecided,
    SignalEnded,
    SignalReceived,
    StatusWritten,
)

REMEMBERED = 10_000

Stage: TypeAlias = str

STAGES: dict[type[Event], Stage] = {
    SignalDecided: "decided",
    OrderSubmitted: "submitted",
    FillRecorded: "filled",
    SignalEnded: "ended",
    StatusWritten: "written",
}
"""The stages after `stored`, by the event that tells of them; measured from `stored`."""


class Stages:
    """Takes the events of signals in their order."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._stored: OrderedDict[UUID, datetime] = OrderedDict()
        self._seen: dict[UUID, set[Stage]] = {}

    def reached(self, event: Event) -> tuple[Stage, timedelta] | None:
        """Return the stage that the event takes its signal to for the first time, and how long
        that took since it was stored (since the alert, for `stored` itself)."""
        if isinstance(event, SignalReceived):
            return self._begin(event)
        stage = STAGES.get(type(event))
        begun = self._stored.get(event.correlation_id)
        if stage is None or begun is None or stage in self._seen[event.correlation_id]:
            return None
        self._seen[event.correlation_id].add(stage)
        return stage, event.occurred_at - begun

    def _begin(self, signal: SignalReceived) -> tuple[Stage, timedelta] | None:
        stored_at = signal.stored_at or signal.occurred_at
        self._stored[signal.event_id] = stored_at
        self._seen[signal.event_id] = set()
        if len(self._stored) > self._remembered:
            oldest, _ = self._stored.popitem(last=False)
            del self._seen[oldest]
        return ("stored", stored_at - signal.alert_at) if signal.alert_at else None

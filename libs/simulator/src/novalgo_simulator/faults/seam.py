"""The decision points at which the simulator asks whether something is to go wrong."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from novalgo_simulator.broker.order import Order

Fault = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]
"""Stands in a request's way: answers in the app's place (nothing has happened), or calls the
app and spoils what it answers (it has happened, and nobody is told)."""


class Fate(StrEnum):
    """What the market does with an order."""

    ORDINARY = "ordinary"
    REJECTED = "rejected"  #: accepted at first, and then not taken by the market
    HELD = "held"  #: rests without a fill, as in a halted symbol, until its fate is another
    STALLED = "stalled"  #: fills in part, and then rests
    CANCELED = "canceled"  #: fills in part, and then its rest is cancelled by the market


class Manner(StrEnum):
    """How a connection to the stream is treated."""

    ORDINARY = "ordinary"
    REFUSED = "refused"  #: 429 in the place of a websocket
    MUTE = "mute"  #: lets in, answers pings, and tells nothing
    DEAD = "dead"  #: lets in, tells nothing, and answers no ping


class Faults(Protocol):
    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        """Return what stands in the way of a request that is let in, or None; from 1."""
        ...

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        """Return the frames to stream now in the place of this one: none, two, an older one."""
        ...

    def on_order(self, order: Order, at: datetime) -> Fate:
        """Return an open order's fate; asked again whenever the order is worked."""
        ...

    def on_listener(self, others: int) -> Manner:
        """Return how a new connection to the stream is treated, where others listen already."""
        ...

    def on_clock(self, now: datetime) -> datetime:
        """Return what Alpaca takes for the time."""
        ...


class NoFaults:
    """Everything works."""

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        return None

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        return (frame,)

    def on_order(self, order: Order, at: datetime) -> Fate:
        return Fate.ORDINARY

    def on_listener(self, others: int) -> Manner:
        return Manner.ORDINARY

    def on_clock(self, now: datetime) -> datetime:
        return now

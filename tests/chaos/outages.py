"""The outages that ingest must outlive, one after the other.  Pure."""

from collections.abc import Iterator

from tests.chaos.schedule import QUIET, Planned
from tests.chaos.troubles import FillDisk, LockStore, SlowDisk, StopBroker, Trouble

LULL = 20.0
"""Seconds after each, in which all is well."""
STORE_TROUBLES = (
    LockStore("ingest", 8.0),
    FillDisk(15.0),
    SlowDisk(20.0, each=1.0),
    SlowDisk(20.0, each=4.0),
    LockStore("ingest", 8.0),
)
"""A slow disk is within TradingView's patience, and then beyond it."""


def outages(broker_away: float) -> tuple[Planned, ...]:
    """Return the broker's absence of so many seconds, with a store that is locked meanwhile, and
    after it the store's own troubles.
    """
    return tuple(_one_by_one(broker_away))


def _one_by_one(broker_away: float) -> Iterator[Planned]:
    yield Planned(QUIET, StopBroker(broker_away))
    yield Planned(QUIET + broker_away / 2, LockStore("ingest", min(4.0, broker_away / 2)))
    at = QUIET + broker_away + LULL
    for trouble in STORE_TROUBLES:
        yield Planned(at, trouble)
        at += _length(trouble) + LULL


def _length(trouble: Trouble) -> float:
    return float(getattr(trouble, "seconds", 0))

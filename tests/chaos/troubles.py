"""What can go wrong with the running system: plain values, which `stage.py` carries out."""

from dataclasses import dataclass
from typing import TypeAlias

from novalgo_simulator.faults import Script


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` of a service; the container runtime starts it again."""

    service: str


@dataclass(frozen=True, slots=True)
class Freeze:
    """A service stands still, with its connections open."""

    service: str
    seconds: float


@dataclass(frozen=True, slots=True)
class KillBroker:
    """`kill -9` of RabbitMQ, and its start."""


@dataclass(frozen=True, slots=True)
class StopBroker:
    """RabbitMQ is away, and comes back with what it had confirmed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FreezeBroker:
    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The connections of a link are reset."""

    link: str


@dataclass(frozen=True, slots=True)
class BlackHole:
    """A link passes nothing, and nobody is told."""

    link: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Slow:
    """A link gets slow and narrow."""

    link: str
    seconds: float
    delay: float
    bytes_per_second: float


@dataclass(frozen=True, slots=True)
class FillDisk:
    """The disk of the services' stores is full."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SlowDisk:
    """Each sync of ingest's store takes so long."""

    seconds: float
    each: float


@dataclass(frozen=True, slots=True)
class LockStore:
    """Somebody else holds the write lock of a service's store."""

    service: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Faulty:
    """Alpaca itself fails."""

    script: Script
    seconds: float


Trouble: TypeAlias = (
    Kill
    | Freeze
    | KillBroker
    | StopBroker
    | FreezeBroker
    | Cut
    | BlackHole
    | Slow
    | FillDisk
    | SlowDisk
    | LockStore
    | Faulty
)

"""When what goes wrong.  Pure: the same seed gives the same schedule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.chaos.faulty import scripts
from tests.chaos.troubles import (
    BlackHole,
    Cut,
    Faulty,
    FillDisk,
    Freeze,
    FreezeBroker,
    Kill,
    KillBroker,
    LockStore,
    Slow,
    Trouble,
)

SERVICES = ("ingest", "executor", "sheets", "analytics")
LINKS = (*(f"{service} to RabbitMQ" for service in SERVICES), "Alpaca", "Google")
QUIET = 5.0
"""Seconds before the first trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How often each kind of trouble comes."""

    kills: int
    simulator_kills: int
    """Kills of what plays Alpaca and Google."""
    broker_kills: int
    broker_freezes: int
    freezes: int
    cuts: int
    black_holes: int
    slow_links: int
    full_disks: int
    locked_stores: int
    faults: int
    """Scripts of the simulated Alpaca."""

    @classmethod
    def for_minutes(cls, minutes: float) -> "Amounts":
        """Return what ten minutes need, in proportion."""

        def of(in_ten_minutes: int) -> int:
            return round(in_ten_minutes * minutes / 10)

        return cls(
            kills=of(120),
            simulator_kills=of(5),
            broker_kills=of(12),
            broker_freezes=of(3),
            freezes=of(8),
            cuts=of(30),
            black_holes=of(8),
            slow_links=of(8),
            full_disks=of(4),
            locked_stores=of(6),
            faults=of(27),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    at: float
    """Seconds from the start."""
    trouble: Trouble


def schedule(seed: int, seconds: float, amounts: Amounts) -> tuple[Planned, ...]:
    """Return the troubles in the order of their times."""
    chance = Random(seed)  # noqa: S311 - a schedule, no secret
    planned = [
        Planned(QUIET + (seconds - QUIET) * chance.random(), trouble)
        for trouble in _troubles(chance, amounts)
        if not isinstance(trouble, KillBroker)
    ]
    # RabbitMQ needs seconds to come back, so its deaths are spread.
    share = (seconds - QUIET) / max(1, amounts.broker_kills)
    for number in range(amounts.broker_kills):
        at = QUIET + share * (number + 0.6 * chance.random())
        planned.append(Planned(at, KillBroker()))
    return tuple(sorted(planned, key=lambda each: each.at))


def _troubles(chance: Random, amounts: Amounts) -> Iterator[Trouble]:
    kinds: list[tuple[int, Callable[[], Trouble]]] = [
        (amounts.kills, lambda: Kill(_victim(chance))),
        (amounts.simulator_kills, lambda: Kill("simulator")),
        (amounts.broker_freezes, lambda: FreezeBroker(chance.uniform(5, 20))),
        (amounts.freezes, lambda: Freeze(_victim(chance), chance.uniform(3, 20))),
        (amounts.cuts, lambda: Cut(chance.choice(LINKS))),
        (amounts.black_holes, lambda: BlackHole(chance.choice(LINKS), chance.uniform(3, 20))),
        (amounts.slow_links, lambda: _slow(chance)),
        (amounts.full_disks, lambda: FillDisk(chance.uniform(2, 8))),
        (amounts.locked_stores, lambda: LockStore(_victim(chance), chance.uniform(2, 10))),
    ]
    for count, make in kinds:
        for _ in range(count):
            yield make()
    for script in scripts(chance, amounts.faults):
        yield Faulty(script, chance.uniform(5, 15))


def _victim(chance: Random) -> str:
    return chance.choices(SERVICES, weights=(3, 4, 2, 2))[0]


def _slow(chance: Random) -> Slow:
    return Slow(
        chance.choice(LINKS),
        chance.uniform(5, 15),
        delay=chance.uniform(0.05, 1.0),
        bytes_per_second=chance.choice((2_000, 20_000, 200_000)),
    )

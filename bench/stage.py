"""What every benchmark stands on, and how its systems take turns."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.client import BenchError, Client
from bench.figures import SURE, Series, medians
from bench.servers import Server, free_ports, rest, server


@dataclass(frozen=True)
class Given:
    """What a run was asked for, and what there is."""

    patience: float
    """How many times as long as usual a comparison may go on while its ratios are unsure."""
    amqp_url: str | None
    """A RabbitMQ, where there is one."""
    largest: bool
    """Whether to take the sizes that would not fit into a quarter of an hour with all the rest."""


@dataclass(frozen=True)
class Stage:
    folder: Path
    """Empty, and removed after the benchmark."""
    client: Client
    given: Given
    tell: Callable[[str], None]

    @property
    def amqp_url(self) -> str | None:
        return self.given.amqp_url

    @property
    def largest(self) -> bool:
        return self.given.largest

    def room(self, name: str) -> Path:
        """Return a directory of its own for one system."""
        path = self.folder / name
        path.mkdir()
        return path


@dataclass(frozen=True)
class Contender:
    """A system that is measured in turns with others."""

    name: str
    measure: Callable[[], Mapping[str, float]]
    servers: Sequence[Server]
    times: int = 1
    """How often in a turn, whose figures are then the medians: what is cheap is made sure."""


def take_turns(
    stage: Stage,
    title: str,
    contenders: Sequence[Contender],
    seconds: float,
    *,
    least: int = 6,
    warm: bool = False,
) -> list[Series]:
    """Measure each contender once a round, so that noise hits all of them alike.

    At `least` so many rounds are taken, then others until the ratios to the first contender are
    sure, or `seconds` are over.  All are at rest whenever one is measured.  The first round only
    warms them up, unless they are `warm` already, or begin anew in each round.
    """
    measured: dict[str, list[Mapping[str, float]]] = {each.name: [] for each in contenders}
    everything = [server for each in contenders for server in each.servers]
    began = time.monotonic()
    for number in count(1 if warm else 0):
        for contender in contenders:
            stage.tell(
                f"{title}: {contender.name}, {f'round {number}' if number else 'warming up'}"
            )
            figures = [_measured(contender, everything) for _ in range(contender.times)]
            if number:
                measured[contender.name].append(medians(figures))
        series = [Series(name, figures) for name, figures in measured.items()]
        is_over = time.monotonic() - began > seconds * stage.given.patience
        if number >= least and (is_over or _are_sure(series)):
            break
    return series


def _measured(contender: Contender, everything: Sequence[Server]) -> Mapping[str, float]:
    rest(everything)
    try:
        return contender.measure()
    except BenchError as error:
        raise BenchError(f"{contender.name}: {error}") from None


def _are_sure(series: Sequence[Series]) -> bool:
    floor, *others = series
    return all(
        each.is_settled(floor, figure, within=SURE) for each in others for figure in floor.compared
    )


@contextmanager
def floor_server(stage: Stage) -> Iterator[Server]:
    """Run the bare endpoint of bench/floor.py."""
    [port] = free_ports(1)
    room = stage.room("floor")
    with server(["bench.floor", str(port), str(room / "alerts.sqlite")], [port], room) as running:
        yield running

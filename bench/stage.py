"""What every benchmark stands on, and how its systems take turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.client import Client
from bench.figures import Series
from bench.servers import Server, free_ports, rest, server


@dataclass(frozen=True)
class Given:
    """What a run was asked for, and what there is."""

    rounds: int
    """How many rounds a slow comparison takes; what takes no time is repeated more often."""
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
    def rounds(self) -> int:
        return self.given.rounds

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


def take_turns(
    stage: Stage, title: str, contenders: Sequence[Contender], rounds: int, *, warm: bool = False
) -> list[Series]:
    """Measure each contender once a round, so that noise hits all of them alike.

    All are at rest whenever one is measured.  The first round only warms them up, unless they are
    `warm` already, or begin anew in each round.
    """
    measured: dict[str, list[Mapping[str, float]]] = {each.name: [] for each in contenders}
    everything = [server for each in contenders for server in each.servers]
    for number in range(1 if warm else 0, rounds + 1):
        for contender in contenders:
            stage.tell(
                f"{title}: {contender.name}, {f'round {number}' if number else 'warming up'}"
            )
            rest(everything)
            figures = contender.measure()
            if number:
                measured[contender.name].append(figures)
    return [Series(name, figures) for name, figures in measured.items()]


@contextmanager
def floor_server(stage: Stage) -> Iterator[Server]:
    """Run the bare endpoint of bench/floor.py."""
    [port] = free_ports(1)
    room = stage.room("floor")
    with server(["bench.floor", str(port), str(room / "alerts.sqlite")], [port], room) as running:
        yield running

"""What every benchmark stands on, and how its systems take turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.client import Client
from bench.figures import Series
from bench.servers import Server, free_ports, rest, server


@dataclass(frozen=True)
class Stage:
    folder: Path
    """Empty, and removed after the benchmark."""
    client: Client
    rounds: int
    """How many rounds a slow comparison takes; what takes no time is repeated more often."""
    amqp_url: str | None
    """A RabbitMQ, where there is one."""
    tell: Callable[[str], None]

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
    stage: Stage, title: str, contenders: Sequence[Contender], rounds: int
) -> list[Series]:
    """Measure each contender once a round, so that noise hits all of them alike.

    All are at rest whenever one is measured.  The first round only warms them up.
    """
    measured: dict[str, list[Mapping[str, float]]] = {each.name: [] for each in contenders}
    everything = [server for each in contenders for server in each.servers]
    for number in range(rounds + 1):
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

"""What NovAlgo costs while no alert comes: processor time and memory, and how soon it is ready."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from bench.figures import Aim, Comparison, Series
from bench.memory import resident
from bench.novalgo import novalgo
from bench.requests import wait_for_assets
from bench.servers import Server, rest
from bench.stage import Stage

SECONDS = 8.0
TOGETHER = "one process"
APART = "four processes over RabbitMQ"
SHARE, RESIDENT = "% of a core", "resident MB"


def measure(stage: Stage) -> list[Comparison]:
    systems = {TOGETHER: None} | ({APART: stage.amqp_url} if stage.amqp_url else {})
    series = _idle(stage, systems)
    return [
        Comparison(
            title="At rest, 100 rows in the sheet",
            about=f"All four services together over {SECONDS:g} s without an alert: the sheet is "
            "read, Alpaca is compared with, the stream is listened to.  Without RabbitMQ itself "
            "and the simulator.",
            series=series,
            aims=[
                *(
                    Aim(
                        series=each.name,
                        figure=SHARE,
                        at_most=2,
                        of_floor=False,
                        reason="the sheet is read every 2 s; stream and bus are listened to",
                    )
                    for each in series
                ),
                Aim(series=TOGETHER, figure=RESIDENT, at_most=400, of_floor=False),
            ],
        )
    ]


def _idle(stage: Stage, systems: Mapping[str, str | None]) -> list[Series]:
    """Look at all systems over the same seconds: none of them is in the way of another."""
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(novalgo(stage.room(name.replace(" ", "-")), url))
            for name, url in systems.items()
        }
        stage.tell("at rest: waiting until all assets are known")
        for each in running.values():
            wait_for_assets(each.simulator)
        services = {name: each.services for name, each in running.items()}
        rest([each for of_one in services.values() for each in of_one])
        rounds: dict[str, list[Mapping[str, float]]] = {name: [] for name in services}
        for number in range(1, stage.rounds + 3):
            stage.tell(f"at rest: round {number}")
            before = {name: _spent(of_one) for name, of_one in services.items()}
            time.sleep(SECONDS)
            for name, of_one in services.items():
                share = 100 * (_spent(of_one) - before[name]) / SECONDS
                rounds[name].append({SHARE: share, RESIDENT: sum(map(resident, of_one))})
    return [Series(name, figures) for name, figures in rounds.items()]


def _spent(services: Sequence[Server]) -> float:
    return sum(each.cpu_seconds() for each in services)

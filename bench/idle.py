"""What NovAlgo costs while no alert comes: processor time and memory."""

import time
from collections.abc import Mapping, Sequence

from bench.figures import Aim, Comparison, Series
from bench.memory import resident
from bench.novalgo import System
from bench.requests import wait_for_assets
from bench.servers import Server, cpu_seconds, rest
from bench.stage import Stage

SECONDS = 30.0
"""Long enough for what looks around by itself to have its turn in each of the systems."""
ROUNDS = 2
TOGETHER = "one process"
APART = "four processes over RabbitMQ"
SHARE, RESIDENT = "% of a core", "resident MB"


def at_rest(stage: Stage, together: System, apart: System) -> Comparison:
    """Look at both over the same seconds, for neither is in the way of the other."""
    systems = {TOGETHER: together, APART: apart}
    for each in systems.values():
        wait_for_assets(each.simulator)
    services = {name: each.services for name, each in systems.items()}
    rest([each for of_one in services.values() for each in of_one])
    return Comparison(
        title="At rest, 100 rows in the sheet",
        about=f"All four services together over {SECONDS:g} s without an alert, after those of the "
        "comparisons above: the sheet is read, Alpaca is compared with, the stream is listened to."
        "  Without RabbitMQ itself and the simulator.",
        series=_series(stage, services),
        aims=[
            *(
                Aim(
                    series=name,
                    figure=SHARE,
                    at_most=2,
                    of_floor=False,
                    reason="four event loops look around, and the sheet is read every 2 s",
                )
                for name in systems
            ),
            Aim(series=TOGETHER, figure=RESIDENT, at_most=400, of_floor=False),
        ],
    )


def _series(stage: Stage, services: Mapping[str, Sequence[Server]]) -> list[Series]:
    rounds: dict[str, list[Mapping[str, float]]] = {name: [] for name in services}
    number_of_rounds = max(ROUNDS, round(ROUNDS * stage.given.patience))
    for number in range(1, number_of_rounds + 1):
        stage.tell(f"at rest: round {number} of {number_of_rounds}")
        before = {name: cpu_seconds(of_one) for name, of_one in services.items()}
        time.sleep(SECONDS)
        for name, of_one in services.items():
            share = 100 * (cpu_seconds(of_one) - before[name]) / SECONDS
            rounds[name].append({SHARE: share, RESIDENT: sum(map(resident, of_one))})
    return [Series(name, figures) for name, figures in rounds.items()]

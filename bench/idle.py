"""What NovAlgo costs while no alert comes: processor time and memory, and how soon it is ready."""

import time
from collections.abc import Mapping, Sequence

from bench.figures import Aim, Comparison, Series
from bench.memory import resident
from bench.novalgo import novalgo
from bench.servers import Server, rest
from bench.stage import Stage

SECONDS = 12.0
TOGETHER = "one process"
APART = "four processes over RabbitMQ"
SHARE, RESIDENT = "% of a core", "resident MB"


def measure(stage: Stage) -> list[Comparison]:
    series = [_idle(stage, TOGETHER, None)]
    if stage.amqp_url is not None:
        series.append(_idle(stage, APART, stage.amqp_url))
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


def _idle(stage: Stage, name: str, amqp_url: str | None) -> Series:
    stage.tell(f"at rest: {name}")
    with novalgo(stage.room(name.replace(" ", "-")), amqp_url) as running:
        rest(running.services)
        rounds = [_figures(running.services) for _ in range(min(stage.rounds, 2))]
    return Series(name, rounds)


def _figures(services: Sequence[Server]) -> Mapping[str, float]:
    before, began = sum(each.cpu_seconds() for each in services), time.monotonic()
    time.sleep(SECONDS)
    used = sum(each.cpu_seconds() for each in services) - before
    return {
        SHARE: 100 * used / (time.monotonic() - began),
        RESIDENT: sum(resident(each) for each in services),
    }

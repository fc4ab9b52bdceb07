"""A burst of alerts in one instant, each on a new connection, beside the floor."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import cycle

from bench.alerts import alerts, symbols
from bench.figures import P50, P99, Aim, Comparison, Found, Growth, latencies
from bench.novalgo import ingest_alone, novalgo
from bench.servers import Server
from bench.stage import Contender, Stage, floor_server, take_turns

FLOOR = "bare FastAPI endpoint, one insert"
TOGETHER = "NovAlgo in one process"
ALONE = "ingest in a process of its own"
REPEATED = {1: 50, 10: 10, 100: 1, 1000: 1}
"""By size: how often a round sends the burst."""
SECONDS = {1: 10, 10: 12, 100: 14, 1000: 14}
"""By size: how long it may take."""
SHARED = "one interpreter answers and trades: what the first set off takes turns with the last"
CHECKED = "an alert is checked, translated and stored with its event; the floor inserts its bytes"
PAUSE, PAUSE_AN_ALERT = 0.015, 0.004
"""Seconds between the bursts of one round: what the one before has stored is published by then."""


def measure(stage: Stage) -> list[Found]:
    found: list[Found] = []
    with ExitStack() as stack:
        floor = stack.enter_context(floor_server(stage))
        found.append(_together(stage, floor))
        if stage.amqp_url is not None:
            room = stage.room("ingest")
            ingest = stack.enter_context(ingest_alone(room, stage.amqp_url))
            alone = {size: _alone(stage, floor, ingest, size) for size in REPEATED}
            found += [*alone.values(), _growth(alone, P50), _growth(alone, P99)]
    return found


def _growth(alone: Mapping[int, Comparison], figure: str) -> Growth:
    return Growth(
        title=f"How the {figure} of a burst grows",
        along="alerts in one instant",
        figure=figure,
        lines={
            name: [
                (size, series.spread(figure).middle)
                for size, comparison in alone.items()
                for series in comparison.series
                if series.name == name
            ]
            for name in (FLOOR, ALONE)
        },
    )


def _together(stage: Stage, floor: Server) -> Comparison:
    title = "A burst of 100 alerts, all that follows them included"
    with novalgo(stage.room("novalgo")) as running:
        servers = [*running.services, running.simulator]
        contenders = [
            Contender(FLOOR, _burst(stage, floor, 100, 1), [floor], times=3),
            Contender(TOGETHER, _burst(stage, running.ingest, 100, 1), servers),
        ]
        return Comparison(
            title=title,
            about="Alert sent to answer received.  The four services share one interpreter, and "
            "begin to trade each alert as soon as the burst is answered.  The floor's turn is the "
            "median of three bursts.",
            series=take_turns(stage, title, contenders, 14),
            aims=[Aim(series=TOGETHER, figure=P99, at_most=2, reason=SHARED)],
        )


def _alone(stage: Stage, floor: Server, ingest: Server, size: int) -> Comparison:
    title = f"A burst of {size} {'alert' if size == 1 else 'alerts'}, ingest by itself"
    contenders = [
        Contender(FLOOR, _burst(stage, floor, size, REPEATED[size]), [floor]),
        Contender(ALONE, _burst(stage, ingest, size, REPEATED[size]), [ingest]),
    ]
    return Comparison(
        title=title,
        about="Alert sent to answer received.  Ingest publishes to RabbitMQ; nobody consumes.",
        series=take_turns(stage, title, contenders, SECONDS[size]),
        aims=[Aim(series=ALONE, figure=P99, at_most=1.5, reason=CHECKED)] if size == 100 else [],
    )


def _burst(stage: Stage, of: Server, size: int, times: int) -> Callable[[], Mapping[str, float]]:
    # By turns, so that every alert has an order to bring about.
    actions = cycle(["BUY", "CLOSE"])

    def measure() -> Mapping[str, float]:
        seconds: list[float] = []
        for number in range(times):
            if number:
                time.sleep(PAUSE + PAUSE_AN_ALERT * size)
            sent = alerts(next(actions), symbols(size))
            answers = stage.client.burst(of.port, "/webhook", sent)
            seconds += [answer.seconds for answer in answers]
        return latencies(seconds)

    return measure

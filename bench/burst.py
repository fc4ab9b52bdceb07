"""A burst of alerts in one instant, each on a new connection, beside the floor."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import cycle

from bench.alerts import alerts, symbols
from bench.figures import P99, Aim, Comparison, latencies
from bench.novalgo import ingest_alone, novalgo
from bench.servers import Server
from bench.stage import Contender, Stage, floor_server, take_turns

FLOOR = "bare FastAPI endpoint, one insert"
TOGETHER = "NovAlgo in one process"
ALONE = "ingest in a process of its own"
SIZES = (1, 10, 100, 1000)


def measure(stage: Stage) -> list[Comparison]:
    found = []
    with ExitStack() as stack:
        floor = stack.enter_context(floor_server(stage))
        found.append(_together(stage, floor))
        if stage.amqp_url is not None:
            room = stage.room("ingest")
            ingest = stack.enter_context(ingest_alone(room, stage.amqp_url))
            found += [_alone(stage, floor, ingest, size) for size in SIZES]
    return found


def _together(stage: Stage, floor: Server) -> Comparison:
    title = "A burst of 100 alerts, all that follows them included"
    with novalgo(stage.room("novalgo")) as running:
        servers = [*running.services, running.simulator]
        contenders = [
            Contender(FLOOR, _burst(stage, floor, 100), [floor]),
            Contender(TOGETHER, _burst(stage, running.ingest, 100), servers),
        ]
        return Comparison(
            title=title,
            about="Alert sent to answer received.  The four services share one interpreter, and "
            "begin to trade each alert as soon as the burst is answered.",
            series=take_turns(stage, title, contenders, stage.rounds * 2),
            aims=[Aim(series=TOGETHER, figure=P99, at_most=2)],
        )


def _alone(stage: Stage, floor: Server, ingest: Server, size: int) -> Comparison:
    title = f"A burst of {size} {'alert' if size == 1 else 'alerts'}, ingest by itself"
    contenders = [
        Contender(FLOOR, _burst(stage, floor, size), [floor]),
        Contender(ALONE, _burst(stage, ingest, size), [ingest]),
    ]
    return Comparison(
        title=title,
        about="Alert sent to answer received.  Ingest publishes to RabbitMQ; nobody consumes.",
        series=take_turns(stage, title, contenders, stage.rounds * 4),
        aims=[Aim(series=ALONE, figure=P99, at_most=1.5)] if size == 100 else [],
    )


def _burst(stage: Stage, of: Server, size: int) -> Callable[[], Mapping[str, float]]:
    # By turns, so that every alert has an order to bring about.
    actions = cycle(["BUY", "CLOSE"])

    def measure() -> Mapping[str, float]:
        sent = alerts(next(actions), symbols(size))
        answers = stage.client.burst(of.port, "/webhook", sent)
        return latencies([answer.seconds for answer in answers])

    return measure

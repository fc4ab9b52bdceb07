"""From sending an alert to the arrival of its order, on both buses; and both of them at rest."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.alerts import alerts, symbols
from bench.client import BenchError
from bench.figures import Aim, Comparison, percentile
from bench.idle import at_rest
from bench.load import Answer
from bench.novalgo import System, novalgo, simulator
from bench.orders import arrivals
from bench.servers import Server, cpu_seconds, free_ports, rest, servers
from bench.stage import Contender, Stage, take_turns

FLOOR = "bare pipeline over RabbitMQ"
LOCAL = "NovAlgo, one process, LocalBus"
RABBIT = "NovAlgo, four processes, RabbitMQ"
ENTRY_P50, ENTRY_P99 = "entry p50 ms", "entry p99 ms"
EXIT_P50, EXIT_P99 = "exit p50 ms", "exit p99 ms"
COST = "processor ms a signal"
SINGLES = 8
KEPT = (
    "before an order leaves, signal and intent are committed, the store is looked at twice, and an "
    "entry asks for a quote; the floor keeps, knows and asks nothing"
)
STALLED = (
    f"{KEPT}; the slowest are those that the disk holds up (docs/capacity.md), which the floor "
    "does not write to"
)
PAUSE = 0.15
"""Seconds between single alerts: what follows an order, its fill and its rows, is done by then,
also on a machine that is slow for a while."""


Send = Callable[[Stage, Server, str], Sequence[Answer]]


@dataclass(frozen=True)
class Way:
    """A way to send alerts, and how long it may take."""

    title: str
    about: str
    send: Send
    seconds: float
    floor_times: int
    """How often the floor has its turn in a round."""
    is_warm: bool


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("the bare pipeline needs RabbitMQ, and there is none")
    with ExitStack() as stack:
        floor = stack.enter_context(_pipeline(stage.room("pipeline"), stage.amqp_url))
        local = stack.enter_context(novalgo(stage.room("local")))
        rabbit = stack.enter_context(novalgo(stage.room("rabbit"), stage.amqp_url))
        systems: Mapping[str, System] = {FLOOR: floor, LOCAL: local, RABBIT: rabbit}
        return [
            _compare(stage, systems, SINGLY),
            _compare(stage, systems, TOGETHER),
            at_rest(stage, local, rabbit),
        ]


def _compare(stage: Stage, systems: Mapping[str, System], way: Way) -> Comparison:
    contenders = [
        Contender(
            name,
            _measure(stage, system, way.send),
            [*system.services, system.simulator],
            times=way.floor_times if name == FLOOR else 1,
        )
        for name, system in systems.items()
    ]
    return Comparison(
        title=way.title,
        about="Alert sent to its POST /v2/orders at the simulated Alpaca, by the simulator's "
        "clock.  The floor keeps, checks and sizes nothing: publish confirmed, consume, POST.  "
        f"{way.about}  The processor time is of all services until they are at rest.",
        series=take_turns(stage, way.title, contenders, way.seconds, least=5, warm=way.is_warm),
        aims=[
            Aim(series=name, figure=figure, at_most=times, reason=reason)
            for name in (LOCAL, RABBIT)
            for figure, times, reason in (
                (ENTRY_P50, 2.5, KEPT),
                (ENTRY_P99, 4.0, STALLED),
                (EXIT_P50, 2.5, KEPT),
                (EXIT_P99, 4.0, STALLED),
            )
        ],
    )


def _measure(stage: Stage, system: System, send: Send) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        before = cpu_seconds(system.services)
        entries = _seconds(system, send(stage, system.ingest, "BUY"))
        exits = _seconds(system, send(stage, system.ingest, "CLOSE"))
        return {
            ENTRY_P50: percentile(entries, 50) * 1000,
            ENTRY_P99: percentile(entries, 99) * 1000,
            EXIT_P50: percentile(exits, 50) * 1000,
            EXIT_P99: percentile(exits, 99) * 1000,
            COST: (cpu_seconds(system.services) - before) / len(entries + exits) * 1000,
        }

    return measure


def _seconds(system: System, answers: Sequence[Answer]) -> list[float]:
    sent = {json.loads(answer.body)["order_id"]: answer.sent_at for answer in answers}
    rest([*system.services, system.simulator])  # to ask before would hold up the simulator
    arrived = arrivals(system.simulator, sent)
    return [arrived[order_id] - sent_at for order_id, sent_at in sent.items()]


def _one_by_one(stage: Stage, ingest: Server, action: str) -> Sequence[Answer]:
    answers = []
    for alert in alerts(action, symbols(SINGLES)):
        answers += stage.client.burst(ingest.port, "/webhook", [alert])
        time.sleep(PAUSE)
    return answers


def _at_once(stage: Stage, ingest: Server, action: str) -> Sequence[Answer]:
    return stage.client.burst(ingest.port, "/webhook", alerts(action, symbols(100)))


SINGLY = Way(
    title="Alert to order, one alert at a time",
    about=f"Of {SINGLES} alerts a turn, {PAUSE:g} s apart, the p99 is the slowest.",
    send=_one_by_one,
    seconds=40,
    floor_times=1,
    is_warm=False,
)
TOGETHER = Way(
    title="Alert to order, 100 alerts in one instant",
    about="The floor's turn is the median of three bursts.",
    send=_at_once,
    seconds=45,
    floor_times=3,
    is_warm=True,
)


@contextmanager
def _pipeline(folder: Path, amqp_url: str) -> Iterator[System]:
    intake_port, trader_port, simulator_port = free_ports(3)
    alpaca_url = f"http://127.0.0.1:{simulator_port}"
    intake = ["bench.pipeline", "intake", str(intake_port), amqp_url]
    trader = ["bench.pipeline", "trader", str(trader_port), amqp_url, alpaca_url]
    programs = [(intake, [intake_port]), (trader, [trader_port])]
    with simulator(folder, simulator_port) as broker, servers(programs, folder) as running:
        yield System(running[0], running, broker)

"""What a `kill -9` right after the last answer of a burst costs."""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from bench.alerts import alerts, symbols, write_config_tab
from bench.figures import Aim, Comparison, Series
from bench.load import Answer
from bench.novalgo import SYMBOLS, ports_for_all, services, simulator
from bench.orders import filled
from bench.servers import Server, free_ports, server
from bench.stage import Stage

SIZE = 100
QUEUED, NOVALGO = "a queue in memory", "NovAlgo in one process"
LOST = "answered and lost"
SETTLED = 5.0
"""Seconds after the restart in which an order may still come."""


def measure(stage: Stage) -> list[Comparison]:
    return [
        Comparison(
            title=f"{SIZE} alerts, and a kill -9 after the last answer",
            about="Once all are answered the process is killed, and started again.  Lost is what "
            "was answered with 200 and never became an order.",
            series=[Series(QUEUED, [_queued(stage)]), Series(NOVALGO, [_novalgo(stage)])],
            aims=[Aim(series=NOVALGO, figure=LOST, at_most=0, of_floor=False)],
        )
    ]


def _queued(stage: Stage) -> Mapping[str, float]:
    stage.tell(f"killed: {QUEUED}")
    room = stage.room("queue")
    orders = room / "orders"
    orders.touch()
    [port] = free_ports(1)
    program = ["bench.queue_design", str(port), str(orders)]
    sent = alerts("BUY", symbols(SIZE))
    with server(program, [port], room) as running:
        _answered_and_killed(stage, running, sent)
    ids = [json.loads(alert)["id"] for alert in sent]
    with server(program, [port], room):
        return _lost(ids, lambda: orders.read_text().split())


def _novalgo(stage: Stage) -> Mapping[str, float]:
    stage.tell(f"killed: {NOVALGO}")
    room = stage.room("novalgo")
    write_config_tab(room, SYMBOLS)
    ports = ports_for_all()
    with simulator(room, ports["simulator"]) as broker:
        with services(room, ports) as [running]:
            answers = _answered_and_killed(stage, running, alerts("BUY", SYMBOLS))
        ids = [json.loads(answer.body)["order_id"] for answer in answers]
        with services(room, ports):
            return _lost(ids, lambda: filled(broker))


def _answered_and_killed(stage: Stage, running: Server, sent: Sequence[str]) -> list[Answer]:
    answers = stage.client.burst(running.port, "/webhook", sent)
    running.process.kill()
    return answers


def _lost(ids: Collection[str], ordered: Callable[[], Collection[str]]) -> Mapping[str, float]:
    deadline = time.monotonic() + SETTLED
    while (lost := len(set(ids) - set(ordered()))) and time.monotonic() < deadline:
        time.sleep(0.2)
    return {LOST: lost}

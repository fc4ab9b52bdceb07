"""From starting the services to all of them being ready, with nothing and with much to take up."""

import shutil
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from bench.alerts import alerts
from bench.client import BenchError
from bench.figures import Aim, Comparison
from bench.load import Plan
from bench.metrics import endings
from bench.novalgo import SYMBOLS, ingest_alone, novalgo
from bench.servers import wait_until
from bench.stage import Contender, Stage, take_turns
from tests.rabbitmq import delete_our_queues

NOWHERE = "amqp://guest:guest@127.0.0.1:1/"
SIGNALS = 10_000
CONNECTIONS = 20
EMPTY, FULL = "nothing stored", f"{SIGNALS:,} signals stored and waiting"
READY, DONE = "s to ready", "s to the last ending"
DONE_WITHIN = 300.0


def measure(stage: Stage) -> list[Comparison]:
    """Store the signals once, with ingest alone; then start all on copies of what it left."""
    if stage.amqp_url is None:
        raise BenchError("signals that wait in RabbitMQ need one, and there is none")
    title = "A start of all four services"
    return [
        Comparison(
            title=title,
            about=f"Four processes, started together.  {SIGNALS:,} signals over 100 books were "
            "answered and stored by ingest, and lie in its outbox: the bus was away.  "
            "`python -m bench restart --largest` waits until each has its ending, too.",
            series=take_turns(
                stage,
                title,
                [
                    Contender(EMPTY, _starts(stage, 0), []),
                    Contender(FULL, _starts(stage, SIGNALS), []),
                ],
                20,
                least=1 if stage.largest else 2,
                warm=True,
            ),
            aims=[
                Aim(
                    series=FULL,
                    figure=READY,
                    at_most=3,
                    of_floor=False,
                    reason="four interpreters import their libraries at once, on few cores",
                )
            ],
        )
    ]


def _starts(stage: Stage, signals: int) -> Callable[[], Mapping[str, float]]:
    assert stage.amqp_url is not None
    amqp_url = stage.amqp_url
    left = _stored(stage, signals)
    numbers = count()

    def measure() -> Mapping[str, float]:
        delete_our_queues(amqp_url)
        room = stage.room(f"{signals}-{next(numbers)}")
        for file in left.glob("ingest.sqlite*"):
            shutil.copy(file, room)
        with novalgo(room, amqp_url) as running:
            if not stage.largest:
                return {READY: running.start_seconds}
            began = time.monotonic()
            executor = running.services[1]
            wait_until(
                lambda: endings(executor) >= signals,
                DONE_WITHIN,
                f"not all of {signals} signals have their ending",
            )
            after = time.monotonic() - began
        return {READY: running.start_seconds, DONE: running.start_seconds + after}

    return measure


def _stored(stage: Stage, signals: int) -> Path:
    """Return a folder in which ingest has stored so many signals, and published none."""
    stage.tell(f"a start: storing {signals} signals")
    room = stage.room(f"left-{signals}")
    with ingest_alone(room, NOWHERE) as ingest:
        for _ in range(signals // (CONNECTIONS * len(SYMBOLS))):
            connections = [alerts("BUY", SYMBOLS) for _ in range(CONNECTIONS)]
            stage.client.fire(Plan(ingest.port, "/webhook", connections))
    return room

"""What alerts feel while a stranger floods ingest: the latency of a burst with and without it."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx2

from bench.alerts import alerts, symbols
from bench.client import BenchError
from bench.figures import P99, Aim, Comparison, latencies
from bench.novalgo import ingest_alone
from bench.servers import Server
from bench.stage import Contender, Stage, take_turns

STRANGER = "127.0.0.2"
SLOW_CONNECTIONS = 300
CALM, GUESSED, HELD = "nobody else", "wrong secrets without a pause", "300 slow heads"


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("ingest runs by itself on RabbitMQ alone, and there is none")
    title = "A burst of 100 alerts beside a stranger"
    # The flood comes from an address that may send alerts, as a stranger's at TradingView does;
    # the slow heads from one that may not.
    settings = {"NOVALGO_ALLOWED_NETWORKS": "127.0.0.1,127.0.0.3"}
    with ingest_alone(stage.room("ingest"), stage.amqp_url, settings) as ingest:
        contenders = [
            Contender(CALM, _burst(stage, ingest, _nobody), [ingest]),
            Contender(GUESSED, _burst(stage, ingest, _guesses), [ingest]),
            Contender(HELD, _burst(stage, ingest, _slow_heads), [ingest]),
        ]
        return [
            Comparison(
                title=title,
                about="Alert sent to answer received, on new connections.  Every alert is to be "
                "accepted; the ratios are to the burst alone.",
                series=take_turns(stage, title, contenders, 16),
                aims=[Aim(series=HELD, figure=P99, at_most=1.5)],
            )
        ]


def _burst(
    stage: Stage, of: Server, trouble: "Callable[[int], Iterator[None]]"
) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        with contextmanager(trouble)(of.port):
            answers = stage.client.burst(of.port, "/webhook", alerts("BUY", symbols(100)))
        return latencies([answer.seconds for answer in answers])

    return measure


def _nobody(_port: int) -> Iterator[None]:
    yield


def _guesses(port: int) -> Iterator[None]:
    stop = threading.Event()

    def guess() -> None:
        transport = httpx2.HTTPTransport(local_address="127.0.0.3")
        with httpx2.Client(transport=transport) as client:
            while not stop.is_set():
                client.post(f"http://127.0.0.1:{port}/webhook", json={"secret": "a guess"})

    thread = threading.Thread(target=guess)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _slow_heads(port: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(SLOW_CONNECTIONS):
            connection = stack.enter_context(socket.socket())
            connection.bind((STRANGER, 0))
            connection.connect(("127.0.0.1", port))
            connection.sendall(b"POST /webhook HTTP/1.1\r\nX-Slow: ")
        yield

"""The design that NovAlgo replaces, and one that answers before it stores, under one burst."""

from collections.abc import Callable, Mapping, Sequence

from bench.alerts import alerts, symbols
from bench.figures import Comparison, latencies
from bench.load import Answer
from bench.novalgo import novalgo
from bench.servers import Server, free_ports, server
from bench.stage import Contender, Stage, take_turns

GIVEN_UP = "given up by TradingView"
TRADINGVIEW_WAITS = 3.0
"""Seconds (its support article 43000735201)."""
NOVALGO = "NovAlgo in one process"
REPLACED = "the design that it replaces"
QUEUED = "a queue in memory"


def measure(stage: Stage) -> list[Comparison]:
    title = "A burst of 100 alerts against other designs"
    room = stage.room("others")
    port, other_port = free_ports(2)
    program = ["bench.queue_design", str(other_port), str(room / "orders")]
    with (
        server(["bench.replaced_design", str(port)], [port], room) as replaced,
        server(program, [other_port], room) as queued,
        novalgo(stage.room("novalgo")) as running,
    ):
        contenders = [
            Contender(
                NOVALGO, _burst(stage, running.ingest), [*running.services, running.simulator]
            ),
            Contender(REPLACED, _burst(stage, replaced), [replaced]),
            Contender(QUEUED, _burst(stage, queued), [queued], times=3),
        ]
        return [
            Comparison(
                title=title,
                about="Alert sent to answer received.  The replaced design is a threaded Flask "
                "server that does all its work inside the request, with 300 ms a Google call and "
                "100 ms an Alpaca call.  The queue answers at once, and loses what it holds when "
                "it ends; its turn is the median of three bursts.  Here NovAlgo is what the "
                "ratios refer to.",
                series=take_turns(stage, title, contenders, 20),
            )
        ]


def _burst(stage: Stage, of: Server) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        answers = stage.client.burst(of.port, "/webhook", alerts("BUY", symbols(100)))
        found = latencies([answer.seconds for answer in answers])
        return {**found, GIVEN_UP: _given_up(answers)}

    return measure


def _given_up(answers: Sequence[Answer]) -> int:
    return sum(answer.seconds > TRADINGVIEW_WAITS for answer in answers)

"""How many alerts a second are answered, over connections that stay open."""

from collections.abc import Callable, Mapping

from bench.alerts import alerts, symbols
from bench.client import BenchError
from bench.figures import ACKS, COST, Aim, Comparison, latencies
from bench.load import Plan
from bench.novalgo import ingest_alone
from bench.servers import Server, rest
from bench.stage import Contender, Stage, floor_server, take_turns

CONNECTIONS = 32
EACH = 40
BESIDE = "what was answered is published to RabbitMQ at the same time, by the same interpreter"
FLOOR = "bare FastAPI endpoint, one insert"
INGEST = "ingest in a process of its own"


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("ingest runs by itself on RabbitMQ alone, and there is none")
    title = f"Sustained, {CONNECTIONS} connections"
    with (
        floor_server(stage) as floor,
        ingest_alone(stage.room("ingest"), stage.amqp_url) as ingest,
    ):
        contenders = [
            Contender(FLOOR, _sustained(stage, floor), [floor]),
            Contender(INGEST, _sustained(stage, ingest), [ingest]),
        ]
        return [
            Comparison(
                title=title,
                about=f"{CONNECTIONS * EACH} alerts, each connection sending its next one when it "
                "has its answer.  Ingest publishes to RabbitMQ meanwhile; what that takes, to the "
                "last event, is among its processor time.",
                series=take_turns(stage, title, contenders, 16),
                aims=[Aim(series=INGEST, figure=ACKS, at_least=0.6, reason=BESIDE)],
            )
        ]


def _sustained(stage: Stage, of: Server) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        connections = [alerts("BUY", symbols(EACH)) for _ in range(CONNECTIONS)]
        before = of.cpu_seconds()
        answers = stage.client.fire(Plan(of.port, "/webhook", connections))
        rest([of])
        cost = (of.cpu_seconds() - before) / len(answers) * 1_000_000
        began = min(answer.sent_at for answer in answers)
        ended = max(answer.sent_at + answer.seconds for answer in answers)
        found = latencies([answer.seconds for answer in answers])
        return {ACKS: len(answers) / (ended - began), **found, COST: cost}

    return measure

"""What more ingests on one PostgreSQL bring."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from bench.alerts import alerts, symbols
from bench.client import BenchError, Client, client
from bench.figures import ACKS, P50, Aim, Comparison, Found, Growth, latencies
from bench.load import Plan
from bench.novalgo import ingest_alone
from bench.postgres import database_url
from bench.servers import Server
from bench.stage import Contender, Stage, take_turns

COUNTS = (1, 2, 4)
CONNECTIONS = 32
EACH = 20


def measure(stage: Stage) -> list[Found]:
    if stage.amqp_url is None:
        raise BenchError("ingest runs by itself on RabbitMQ alone, and there is none")
    title = f"One to {COUNTS[-1]} ingests on one PostgreSQL"
    with ExitStack() as stack:
        settings = {"NOVALGO_DATABASE_URL": stack.enter_context(database_url())}
        running = [
            stack.enter_context(
                ingest_alone(stage.room(f"ingest-{number}"), stage.amqp_url, settings)
            )
            for number in range(COUNTS[-1])
        ]
        senders = [stack.enter_context(client()) for _ in running]
        contenders = [
            Contender(_name(count), _sent_to(running[:count], senders), running) for count in COUNTS
        ]
        series = take_turns(stage, title, contenders, 20)
    comparison = Comparison(
        title=title,
        about=f"{CONNECTIONS * EACH} alerts over {CONNECTIONS} connections, shared out evenly, "
        "each sending its next alert when it has its answer.  PostgreSQL writes through to the "
        "disk.  The clients, PostgreSQL, RabbitMQ and all ingests share this machine's cores.",
        series=series,
        aims=[
            Aim(
                series=_name(COUNTS[-1]),
                figure=ACKS,
                at_least=0.9,
                reason="more processes than cores: on a machine of their own they would add up",
            )
        ],
    )
    lines = {
        figure: [(n, each.spread(figure).middle) for n, each in zip(COUNTS, series, strict=True)]
        for figure in (ACKS, P50)
    }
    growth = Growth(
        title="What more ingests bring", along="ingests", figure="as the legend says", lines=lines
    )
    return [comparison, growth]


def _name(count: int) -> str:
    return "1 ingest" if count == 1 else f"{count} ingests"


def _sent_to(
    ingests: Sequence[Server], senders: Sequence[Client]
) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        share = range(CONNECTIONS // len(ingests))
        plans = [
            Plan(each.port, "/webhook", [alerts("BUY", symbols(EACH)) for _ in share])
            for each in ingests
        ]
        with ThreadPoolExecutor(len(plans)) as threads:
            fired = threads.map(lambda sender, plan: sender.fire(plan), senders, plans)
            answers = [answer for each in fired for answer in each]
        began = min(answer.sent_at for answer in answers)
        ended = max(answer.sent_at + answer.seconds for answer in answers)
        return {
            ACKS: len(answers) / (ended - began),
            **latencies([answer.seconds for answer in answers]),
        }

    return measure

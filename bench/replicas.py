"""What more ingests on one PostgreSQL bring, and what they cost."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from bench.alerts import alerts, symbols
from bench.client import BenchError, Client, client
from bench.figures import (
    ACKS,
    COST,
    P50,
    P99,
    WORST,
    Aim,
    Comparison,
    Found,
    Growth,
    Series,
    latencies,
)
from bench.load import Plan
from bench.novalgo import ingest_alone
from bench.postgres import database_url
from bench.servers import Server, cpu_seconds, rest
from bench.stage import Contender, Stage, take_turns

COUNTS = (1, 2, 4)
SHARED = "clients, PostgreSQL and RabbitMQ want the same cores"
FEWER = "those that wait at one moment share a commit: at each of four ingests a quarter as many do"
CONNECTIONS = 32
EACH = 40
CORES = os.cpu_count() or 1
COMPARED = [count for count in COUNTS if count <= max(CORES, 2)]
"""Those whose speed is a matter of NovAlgo: of more ingests than cores the kernel decides it."""


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
        series = take_turns(stage, title, contenders, 16)
    speed = Comparison(
        title=title,
        about=f"{CONNECTIONS * EACH:,} alerts over {CONNECTIONS} connections, shared out evenly, "
        "each sending its next alert when it has its answer.  PostgreSQL writes through to the "
        f"disk.  The clients, PostgreSQL, RabbitMQ and all ingests share {CORES} cores: of more "
        "ingests than cores the plot tells the medians.",
        series=_only([ACKS, P50, P99, WORST], series[: len(COMPARED)]),
        aims=[Aim(series=_name(COMPARED[-1]), figure=ACKS, at_least=1, reason=SHARED)],
    )
    cost = Comparison(
        title="What an alert costs with more ingests",
        about="The same alerts: the processor time of all ingests together, to the last event.",
        series=_only([COST], series),
        aims=[Aim(series=_name(COUNTS[-1]), figure=COST, at_most=1.5, reason=FEWER)],
    )
    lines = {
        figure: [(n, each.spread(figure).middle) for n, each in zip(COUNTS, series, strict=True)]
        for figure in (ACKS, P50)
    }
    growth = Growth(
        title="What more ingests bring", along="ingests", figure="as the legend says", lines=lines
    )
    return [speed, cost, growth]


def _name(count: int) -> str:
    return "1 ingest" if count == 1 else f"{count} ingests"


def _only(figures: Sequence[str], series: Sequence[Series]) -> list[Series]:
    return [
        Series(each.name, [{figure: one[figure] for figure in figures} for one in each.rounds])
        for each in series
    ]


def _sent_to(
    ingests: Sequence[Server], senders: Sequence[Client]
) -> Callable[[], Mapping[str, float]]:
    def measure() -> Mapping[str, float]:
        share = range(CONNECTIONS // len(ingests))
        plans = [
            Plan(each.port, "/webhook", [alerts("BUY", symbols(EACH)) for _ in share])
            for each in ingests
        ]
        before = cpu_seconds(ingests)
        with ThreadPoolExecutor(len(plans)) as threads:
            fired = threads.map(lambda sender, plan: sender.fire(plan), senders, plans)
            answers = [answer for each in fired for answer in each]
        rest(ingests)
        began = min(answer.sent_at for answer in answers)
        ended = max(answer.sent_at + answer.seconds for answer in answers)
        return {
            ACKS: len(answers) / (ended - began),
            **latencies([answer.seconds for answer in answers]),
            COST: (cpu_seconds(ingests) - before) / len(answers) * 1_000_000,
        }

    return measure

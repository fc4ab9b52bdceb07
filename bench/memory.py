"""How much memory ingest takes, and whether it grows with the alerts."""

from bench.alerts import alerts, symbols
from bench.client import BenchError
from bench.figures import Aim, Comparison, Series
from bench.load import Plan
from bench.novalgo import ingest_alone
from bench.process_memory import megabytes
from bench.servers import Server, rest
from bench.stage import Stage
from novalgo_common.migrate import migrate
from novalgo_common.settings import Settings

ALERTS = 12_000
STEPS = 4
CONNECTIONS = 20
AT_ONCE = 1_000
RESIDENT = "resident MB"
INGEST = "ingest in a process of its own"


def measure(stage: Stage) -> list[Comparison]:
    if stage.amqp_url is None:
        raise BenchError("ingest runs by itself on RabbitMQ alone, and there is none")
    room = stage.room("ingest")
    # As a release does, and as every start but the first finds it: Alembic is in the memory of the
    # process that has made or changed the tables, and of no later one.
    migrate(Settings(data_dir=room), "ingest")
    with ingest_alone(room, stage.amqp_url) as ingest:
        rest([ingest])
        series = [Series(f"{INGEST}, at the start", [{RESIDENT: resident(ingest)}])]
        for step in range(1, STEPS + 1):
            stage.tell(f"memory: {ALERTS * step // STEPS} alerts")
            _send(stage, ingest, ALERTS // STEPS)
            rest([ingest])
            after = f"{INGEST}, after {ALERTS * step // STEPS:,} alerts"
            series.append(Series(after, [{RESIDENT: resident(ingest)}]))
    return [
        Comparison(
            title=f"Memory over {ALERTS:,} alerts",
            about="Resident memory when all that was sent is published; the tables were made "
            "before.  The first is what it takes at the start.",
            series=series,
            aims=small_and_flat(series[-1].name),
        )
    ]


def small_and_flat(at_the_end: str, *, reason: str = "") -> list[Aim]:
    """Return what a service's memory should keep to; the reason is why it is not small."""
    return [
        Aim(series=at_the_end, figure=RESIDENT, at_most=100, of_floor=False, reason=reason),
        Aim(series=at_the_end, figure=RESIDENT, at_most=1.1),
    ]


def _send(stage: Stage, ingest: Server, count: int) -> None:
    for _ in range(count // AT_ONCE):
        each = symbols(AT_ONCE // CONNECTIONS)
        connections = [alerts("BUY", each) for _ in range(CONNECTIONS)]
        stage.client.fire(Plan(ingest.port, "/webhook", connections))


def resident(server: Server) -> float:
    """Return the process's memory in MB."""
    return megabytes(server.process.pid, "VmRSS")

"""NovAlgo as it runs: against the simulator, which has a process of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.alerts import SECRET, symbols, write_config_tab
from bench.servers import Server, free_ports, server

SERVICES = ("ingest", "executor", "sheets", "analytics")
SYMBOLS = symbols(100)


@dataclass(frozen=True)
class NovAlgo:
    ingest: Server
    services: Sequence[Server]
    simulator: Server


@contextmanager
def simulator(folder: Path, port: int) -> Iterator[Server]:
    """Run the simulated Alpaca and Sheets: no request limit, and money for everything."""
    environ = {
        "NOVALGO_DATA_DIR": str(folder),
        "NOVALGO_SIMULATOR_PORT": str(port),
        "NOVALGO_SIMULATOR_RATE_LIMIT": "1000000",
        "NOVALGO_SIMULATOR_CASH": "100000000",
        "NOVALGO_SIMULATOR_PARTIAL_FILLS": "0",
    }
    with server(["novalgo_simulator"], [port], folder, environ) as running:
        yield running


@contextmanager
def novalgo(
    folder: Path, amqp_url: str | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[NovAlgo]:
    """Run NovAlgo with an active row for each symbol: in one process on the LocalBus, or with a
    RabbitMQ each service in a process of its own.
    """
    write_config_tab(folder, SYMBOLS)
    ports = dict(zip((*SERVICES, "simulator"), free_ports(5), strict=True))
    environ = {**_environ(folder, ports, amqp_url), **(settings or {})}
    with ExitStack() as stack:
        broker = stack.enter_context(simulator(folder, ports["simulator"]))
        services = [
            stack.enter_context(server(arguments, of, folder, environ))
            for arguments, of in _processes(ports, amqp_url)
        ]
        yield NovAlgo(services[0], services, broker)


def _environ(folder: Path, ports: Mapping[str, int], amqp_url: str | None) -> dict[str, str]:
    given = {f"NOVALGO_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    given |= {"NOVALGO_DATA_DIR": str(folder), "NOVALGO_WEBHOOK_SECRETS": SECRET}
    return given | ({"NOVALGO_AMQP_URL": amqp_url} if amqp_url else {})


def _processes(
    ports: Mapping[str, int], amqp_url: str | None
) -> Iterator[tuple[list[str], list[int]]]:
    if amqp_url is None:
        yield ["bench.one_process"], [ports[name] for name in SERVICES]
        return
    for name in SERVICES:
        yield [f"novalgo_{name}"], [ports[name]]


@contextmanager
def ingest_alone(
    folder: Path, amqp_url: str, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run ingest by itself; what it publishes waits in RabbitMQ."""
    [port] = free_ports(1)
    environ = {**_environ(folder, {"ingest": port}, amqp_url), **(settings or {})}
    with server(["novalgo_ingest"], [port], folder, environ) as running:
        yield running

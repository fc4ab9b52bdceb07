"""NovAlgo as it runs: against the simulator, which has a process of its own."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.alerts import SECRET, symbols, write_config_tab
from bench.servers import Server, free_ports, server, servers

SERVICES = ("ingest", "executor", "sheets", "analytics")
SYMBOLS = symbols(100)


@dataclass(frozen=True)
class System:
    """What takes alerts, and sends orders to a simulated Alpaca."""

    ingest: Server
    services: Sequence[Server]
    simulator: Server


@dataclass(frozen=True)
class NovAlgo(System):
    start_seconds: float
    """From starting the services until all of them were ready."""


@contextmanager
def simulator(folder: Path, port: int, requests_a_minute: int = 1_000_000) -> Iterator[Server]:
    """Run the simulated Alpaca and Sheets: no request limit to feel, and money for everything."""
    environ = {
        "NOVALGO_DATA_DIR": str(folder),
        "NOVALGO_SIMULATOR_PORT": str(port),
        "NOVALGO_SIMULATOR_RATE_LIMIT": str(requests_a_minute),
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
    ports = ports_for_all()
    with simulator(folder, ports["simulator"]) as broker:
        began = time.monotonic()
        with services(folder, ports, amqp_url, settings) as running:
            yield NovAlgo(running[0], running, broker, time.monotonic() - began)


def ports_for_all() -> dict[str, int]:
    """Return a free port for each service and for the simulator, by name."""
    return dict(zip((*SERVICES, "simulator"), free_ports(len(SERVICES) + 1), strict=True))


@contextmanager
def services(
    folder: Path,
    ports: Mapping[str, int],
    amqp_url: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[list[Server]]:
    """Run the four services with what the folder has of them, against a simulator that runs."""
    programs = list(_processes(ports, amqp_url))
    environ = {**_environ(folder, ports, amqp_url), **(settings or {})}
    with servers(programs, folder, environ) as running:
        yield running


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
def sheets_alone(folder: Path, amqp_url: str, google_port: int) -> Iterator[Server]:
    """Run sheets by itself, on a Google at this port."""
    [port] = free_ports(1)
    environ = _environ(folder, {"sheets": port, "simulator": google_port}, amqp_url)
    with server(["novalgo_sheets"], [port], folder, environ) as running:
        yield running


@contextmanager
def ingest_alone(
    folder: Path, amqp_url: str, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run ingest by itself; what it publishes waits in RabbitMQ."""
    [port] = free_ports(1)
    environ = {**_environ(folder, {"ingest": port}, amqp_url), **(settings or {})}
    with server(["novalgo_ingest"], [port], folder, environ) as running:
        yield running

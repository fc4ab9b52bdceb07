"""Starts servers as processes of their own, on free ports, and sees them ready and at rest."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench.client import BenchError

START_WITHIN = 60.0
REST_WITHIN = 180.0
_LOOK = 0.1
_BUSY = 0.06
"""The share of a processor that a server at rest stays under: some look around by themselves."""
_SCHEDULED = 2
"""What Linux calls the clock of a process that counts in nanoseconds."""


@dataclass(frozen=True)
class Server:
    """A process that is ready."""

    process: "subprocess.Popen[bytes]"
    ports: Sequence[int]

    @property
    def port(self) -> int:
        return self.ports[0]

    def cpu_seconds(self) -> float:
        """Return how long the process has computed so far."""
        # clock_getcpuclockid(3), as glibc makes it: /proc counts in ticks of 10 ms.
        return time.clock_gettime((~self.process.pid << 3) | _SCHEDULED)


def cpu_seconds(servers: Sequence[Server]) -> float:
    """Return how long all of them have computed so far, together."""
    return sum(each.cpu_seconds() for each in servers)


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def server(
    arguments: Sequence[str],
    ports: Sequence[int],
    folder: Path,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run `python -m <arguments>` until the context ends; it is ready when all its ports are."""
    with servers([(arguments, ports)], folder, environ) as [running]:
        yield running


@contextmanager
def servers(
    programs: Sequence[tuple[Sequence[str], Sequence[int]]],
    folder: Path,
    environ: Mapping[str, str] | None = None,
) -> Iterator[list[Server]]:
    """Run several programs, each with its ports, started together and all of them ready."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(_started(arguments, ports, folder, environ))
            for arguments, ports in programs
        ]
        for each in started:
            _wait_until_ready(each, folder)
        yield started


@contextmanager
def _started(
    arguments: Sequence[str],
    ports: Sequence[int],
    folder: Path,
    environ: Mapping[str, str] | None,
) -> Iterator[Server]:
    with _log(folder, ports[0]).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**_plain_environ(), **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield Server(process, ports)
    finally:
        _end(process)


def _wait_until_ready(server: Server, folder: Path) -> None:
    process, log = server.process, _log(folder, server.port)
    for port in server.ports:
        wait_until(
            lambda port=port: process.poll() is not None or _is_ready(port),  # type: ignore[misc]
            START_WITHIN,
            f"{process.args!r} did not become ready",
        )
    if process.poll() is not None:
        raise BenchError(f"{process.args!r} has ended: {log.read_text()[-2000:]}")


def _log(folder: Path, port: int) -> Path:
    return folder / f"{port}.log"


def rest(servers: Sequence[Server]) -> None:
    """Wait until what the last round left to do is done."""
    if not servers:
        return

    def is_quiet() -> bool:
        before = cpu_seconds(servers)
        time.sleep(_LOOK)
        busy = cpu_seconds(servers) - before
        return busy <= _BUSY * _LOOK * len(servers)

    wait_until(is_quiet, REST_WITHIN, "the servers do not come to rest")


def _plain_environ() -> dict[str, str]:
    """Return the environment without settings that would make a benchmark trade for real."""
    return {name: text for name, text in os.environ.items() if not name.startswith("NOVALGO_")}


def _is_ready(port: int) -> bool:
    try:
        # The simulator is no service: it answers 404, and thereby that it is up.
        return httpx2.get(f"http://127.0.0.1:{port}/ready", timeout=2).status_code in (200, 404)
    except httpx2.HTTPError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Return once the condition holds; raise `BenchError` with the complaint where it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(complaint)
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

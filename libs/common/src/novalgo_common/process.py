"""Runs services: one, as the containers do, or all of them in one process."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)

import uvloop
from pydantic import SecretStr

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock, utc_now
from novalgo_common.credentials import readable
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.duty import Duty
from novalgo_common.errors import LostError, SettingsError, UnavailableError
from novalgo_common.http_server import Config, Server
from novalgo_common.local_bus import LocalBus
from novalgo_common.observability import configure_logging
from novalgo_common.rabbitmq.late import LateBus
from novalgo_common.service import Service
from novalgo_common.settings import PREFIX, Settings
from novalgo_common.tracing import NAME, tracing

ON_THE_BUS = {"ingest", "executor", "sheets", "analytics"}


SWITCH_SECONDS = 0.0003
"""A store's thread gives up the interpreter at each system call and wants it back for microseconds.
By Python's own 5 ms it would wait for a busy event loop several times in each commit."""


def run(*services: Service) -> None:
    """Run until SIGTERM or SIGINT; exit with 2 and one line where it cannot start or go on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        uvloop.run(serve(services, os.environ, on_ready=_settle))
    except (SettingsError, UnavailableError, LostError) as error:
        sys.exit(_fail(str(error)))


def _settle() -> None:
    # What is there by now stays to the end: the collector need not look through it ever again.
    gc.collect()
    gc.freeze()


def _fail(problem: str) -> int:
    sys.stderr.write(f"novalgo: {problem}\n")
    return 2


async def serve(
    services: Sequence[Service],
    environ: Mapping[str, str],
    *,
    clock: Clock = utc_now,
    on_ready: Callable[[], None] = lambda: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Run services in this process until `stop` is set or a signal asks for it.

    Raises `SettingsError` before anything is opened when a setting of any of them is wrong.
    """
    settings = [service.settings.from_env(environ) for service in services]
    edges = [service.edge(own) for service, own in zip(services, settings, strict=True)]
    configure_logging(settings[0].log_level, _secrets(settings))
    stop = stop or asyncio.Event()
    async with AsyncExitStack() as stack:
        names = [service.name for service in services]
        stack.enter_context(
            tracing(settings[0].otlp_endpoint, names[0] if len(names) == 1 else NAME)
        )
        sockets = [
            stack.enter_context(_listen(service, own))
            for service, own in zip(services, settings, strict=True)
        ]
        connect = await _buses(stack, settings[0], services)
        duties = [
            Duty(service, own, connect, clock, may_stand_by=settings[0].amqp_url is not None)
            for service, own in zip(services, settings, strict=True)
        ]
        kept = [await stack.enter_async_context(duty.begun()) for duty in duties]
        servers = [Server(Config(duty, edge)) for duty, edge in zip(duties, edges, strict=True)]
        running = [
            asyncio.create_task(server.serve([listener]))
            for server, listener in zip(servers, sockets, strict=True)
        ]
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        on_ready()
        await _until(stop, [*running, *kept])
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*running)


async def _buses(
    stack: AsyncExitStack, settings: Settings, services: Sequence[Service]
) -> Callable[[Service], AbstractAsyncContextManager[Bus]]:
    names = {service.name for service in services if service.uses_bus}
    if settings.amqp_url is not None:
        url = settings.amqp_url.get_secret_value()
        return lambda service: LateBus.open(url, service=service.name)

    if names and names != ON_THE_BUS:
        raise SettingsError(
            f"{PREFIX}AMQP_URL: is needed to run {', '.join(sorted(names))} without the others"
        )
    local = LocalBus(FileDeadLetters(settings.data_dir / "dead_letters.jsonl"))
    stack.push_async_callback(local.close)

    @asynccontextmanager
    async def share(_service: Service) -> AsyncIterator[Bus]:
        yield local

    return share


async def _until(stop: asyncio.Event, running: Sequence["asyncio.Task[None]"]) -> None:
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *running], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


def _secrets(settings: Sequence[Settings]) -> Iterator[str]:
    for own in settings:
        for value in dict(own).values():
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, SecretStr):
                    yield item.get_secret_value()
                    yield from readable([item])


@contextmanager
def _listen(service: Service, settings: Settings) -> Iterator[socket.socket]:
    port = getattr(settings, service.port_setting)
    try:
        listener = socket.create_server((settings.bind_host, port), backlog=2048)
    except OSError as error:
        name = f"{PREFIX}{service.port_setting.upper()}"
        raise SettingsError(
            f"{name}: cannot listen on {settings.bind_host}:{port} ({error.strerror}); "
            "choose another port"
        ) from None
    with listener:
        # Connections inherit it.  asyncio sets it on sockets of its own making alone, and without
        # it every answer waits 40 ms for the client's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener

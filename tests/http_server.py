"""A FastAPI application behind a real socket, in a thread of its own."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def listening(port: int = 0) -> Iterator[tuple[socket.socket, int]]:
    """Yield a bound socket and its port, which a server is then given."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as process.py does
        yield listener, listener.getsockname()[1]


@contextmanager
def serving(make_app: Callable[[int], FastAPI], *, port: int = 0) -> Iterator[str]:
    """Serve the application that `make_app` returns for its port; yield the base URL."""
    with listening(port) as (listener, number):
        config = uvicorn.Config(make_app(number), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(serve(server, listener),))
        thread.start()
        try:
            _wait_until_started(server)
            yield f"http://127.0.0.1:{number}"
        finally:
            server.should_exit = True
            thread.join()


async def serve(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until that is to end, and leave no connection behind.

    uvicorn overlooks those that come while it ends, and a later test would fail on them.
    """
    await server.serve(sockets=[listener])
    for connection in list(server.server_state.connections):
        assert connection.transport is not None
        connection.transport.abort()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)

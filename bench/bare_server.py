"""Serves a floor's application exactly as `novalgo_common.process` serves a service's."""

import socket

import uvicorn
from fastapi import FastAPI


def serve(app: FastAPI, *, port: int) -> None:
    """Serve until a signal ends it."""
    with socket.create_server(("127.0.0.1", port), backlog=2048) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            app,
            loop="uvloop",
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=10,
        )
        uvicorn.Server(config).run([listener])

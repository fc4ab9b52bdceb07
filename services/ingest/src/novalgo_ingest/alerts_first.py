"""Hands alerts to the webhook before the framework's layers see them.

What those do for every request (they look for a tracer, stack up exits, match routes) takes longer
than reading and judging the alert itself; the webhook needs none of it, and fails never.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/webhook"


@dataclass(frozen=True, slots=True)
class AlertsFirst:
    """An ASGI application: alerts to the webhook, everything else to the application behind."""

    webhook: Callable[[Request], Awaitable[Response]]
    application: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            response = await self.webhook(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self.application(scope, receive, send)

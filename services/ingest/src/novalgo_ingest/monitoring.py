"""Keeps `/ready` and `/metrics` for the private network, and for holders of an API key.

They are for the machine's own probes and Prometheus, which send no key; to the internet they
would tell how the system fares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from novalgo_common.credentials import Credentials
from novalgo_ingest.addresses import Network, client_address, origin_of
from novalgo_ingest.answers import error

PATHS = ("/ready", "/metrics")


@dataclass(frozen=True, slots=True)
class PrivateMonitoring:
    """An ASGI application around another."""

    application: ASGIApp
    keys: Credentials
    trusted_proxies: Sequence[Network]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS and not self._may(Request(scope)):
            refused = error(401, "From a public address this needs X-API-Key")
            await refused(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    def _may(self, request: Request) -> bool:
        address = client_address(origin_of(request.scope), self.trusted_proxies)
        is_private = address is not None and not address.is_global
        return is_private or self.keys.accept(request.headers.get("x-api-key"))

"""What every request to the simulated Alpaca passes: keys, the rate limit, and faults."""

import json
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from hmac import compare_digest

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from novalgo_common.clock import Clock
from novalgo_simulator.api.rate_limit import Allowance
from novalgo_simulator.api.request_counts import RequestCounts
from novalgo_simulator.broker.errors import DATA_FORBIDDEN, RATE_LIMITED, UNAUTHORIZED, Refusal
from novalgo_simulator.faults import Answer, Faults

_GUARDED = ("/v2/", "/v2beta1/", "/sim/")
_LIMITED = ("/v2/", "/v2beta1/")
_MARKET_DATA = "/v2/stocks/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    key_id: str
    secret_key: SecretStr

    def fit(self, key_id: str, secret_key: str) -> bool:
        expected = self.secret_key.get_secret_value()
        return compare_digest(self.key_id.encode(), key_id.encode()) & compare_digest(
            expected.encode(), secret_key.encode()
        )


@dataclass
class Door:
    """An ASGI app in front of the app.  Paths that are not Alpaca's pass untouched."""

    app: ASGIApp
    _: KW_ONLY
    keys: Keys
    limit: int
    faults: Faults
    clock: Clock
    on_order_posted: Callable[[], None]
    requests: RequestCounts
    _requests: int = 0
    _allowances: dict[bool, Allowance] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_GUARDED):
            await self.app(scope, receive, send)
            return
        refused = self._unauthorized(scope)
        if refused is not None:
            await _answer(refused, [], scope, receive, send)
        elif scope["path"].startswith(_LIMITED):
            await self._limited(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _unauthorized(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        key_id = headers.get("APCA-API-KEY-ID", "")
        if self.keys.fit(key_id, headers.get("APCA-API-SECRET-KEY", "")):
            return None
        return DATA_FORBIDDEN if scope["path"].startswith(_MARKET_DATA) else UNAUTHORIZED

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.count(scope["method"], scope["path"])
        if (scope["method"], scope["path"]) == ("POST", "/v2/orders"):
            self.on_order_posted()
        allowance = self._count(is_data=scope["path"].startswith(_MARKET_DATA))
        headers = _limit_headers(allowance)
        if allowance.refused:
            await _answer(RATE_LIMITED, headers, scope, receive, send)
            return
        await self._with_faults(scope, receive, _adding(headers, send))

    def _count(self, *, is_data: bool) -> Allowance:
        # Trading and market data are two services, each with its own limit.
        before = self._allowances.get(is_data) or Allowance(self.limit, 0, self.limit)
        self._allowances[is_data] = before.after_request(self.clock())
        return self._allowances[is_data]

    async def _with_faults(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        fault = self.faults.on_request(scope["method"], scope["path"], self._requests)
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await fault(self.app, scope, receive, send)


def _limit_headers(allowance: Allowance) -> list[tuple[bytes, bytes]]:
    return [
        (b"x-ratelimit-limit", str(allowance.limit).encode()),
        (b"x-ratelimit-remaining", str(allowance.remaining).encode()),
        (b"x-ratelimit-reset", str(allowance.resets_at).encode()),
    ]


async def _answer(
    refusal: Refusal, headers: list[tuple[bytes, bytes]], scope: Scope, receive: Receive, send: Send
) -> None:
    body = json.dumps(refusal.body).encode()
    answer = Answer(status=refusal.status, body=body)
    await answer(_unreached, scope, receive, _adding(headers, send))


def _adding(headers: list[tuple[bytes, bytes]], send: Send) -> Send:
    """Add the headers to an answer, except those that a fault has given it."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name for name, _value in message["headers"]}
            added = [header for header in headers if header[0] not in given]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_with_headers


async def _unreached(_scope: Scope, _receive: Receive, _send: Send) -> None:
    return None

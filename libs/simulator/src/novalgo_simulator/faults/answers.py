"""What can become of a request's answer.  With `carried_out` the request is done all the same."""

import asyncio
import json
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from novalgo_simulator.api.connection import reset_connection, until_hung_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Another answer, such as a 500, a gateway's HTML page, half a JSON body."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    carried_out: bool = False

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.carried_out:
            await app(scope, receive, _unheard)
        await _respond(send, self.status, self.body, self.content_type)


@dataclass(frozen=True, slots=True)
class Late:
    """The right answer, after some seconds."""

    seconds: float

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.seconds)
        await app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer, for as long as the client waits."""

    carried_out: bool = False

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.carried_out:
            await app(scope, receive, _unheard)
        await until_hung_up(receive)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset (TCP RST) where the answer was to come."""

    carried_out: bool = False

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.carried_out:
            await app(scope, receive, _unheard)
        await reset_connection(receive)


@dataclass(frozen=True, slots=True)
class OddStatus:
    """The request is carried out, and answered with an order status that nobody knows yet."""

    status: str = "quarantined"

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await _heard(app, scope, receive)
        answer = json.loads(body or b"null")
        if isinstance(answer, dict) and "status" in answer:
            body = json.dumps(answer | {"status": self.status}).encode()
        await _respond(send, status, body)


@dataclass(frozen=True, slots=True)
class HalfAnswer:
    """The request is carried out, and the JSON of its answer breaks off in the middle."""

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await _heard(app, scope, receive)
        await _respond(send, status, body[: len(body) // 2])


async def _heard(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes]:
    """Return the status and the body that the app answers with."""
    status, body = 500, b""

    async def hear(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, hear)
    return status, body


async def _respond(
    send: Send, status: int, body: bytes, content_type: bytes = b"application/json"
) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _unheard(_message: Message) -> None:
    return None

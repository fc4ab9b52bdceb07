"""Where the simulator can be made to fail.  Without being told, it does not."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Fault = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]
"""Stands in a request's way: answers in the app's place (nothing has happened), or calls the
app and spoils what it answers (it has happened, and nobody is told)."""


class Faults(Protocol):
    """The decision points.  `number` counts the requests, or the updates, from 1."""

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        """Return what stands in the way of a request that is let in, or None."""
        ...

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        """Return the frames to stream now in the place of this one: none, two, an older one."""
        ...


class NoFaults:
    """Everything works."""

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        return None

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        return (frame,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A fault: another answer, such as a 500, a gateway's HTML page, half a JSON body."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    carried_out: bool = False
    """Whether the request is carried out all the same."""

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.carried_out:
            await app(scope, receive, _unheard)
        headers = [
            (b"content-type", self.content_type),
            (b"content-length", str(len(self.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


async def _unheard(_message: Message) -> None:
    return None

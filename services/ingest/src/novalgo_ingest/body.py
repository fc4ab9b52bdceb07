"""Reads a request's body, bounded in size.  How long it may take, the connection sees to."""

from starlette.requests import Request
from starlette.types import Receive

from novalgo_ingest.alert import Outcome, Refusal

LARGEST = 64 * 1024

_TOO_LARGE = Refusal(Outcome.TOO_LARGE, "The body is larger than 64 kB")

_CUT_OFF = Refusal(Outcome.MALFORMED, "The body did not arrive")

_ENCODED = Refusal(Outcome.ENCODED, "The body must not be compressed")


async def read_body(request: Request) -> bytes | Refusal:
    """Return the bytes, whatever content type they claim to be."""
    for name, value in request.scope["headers"]:
        if name == b"content-encoding" and value.lower() != b"identity":
            return _ENCODED  # a few kilobytes could unfold to gigabytes, and TradingView sends none
        if name == b"content-length" and _is_too_large(value):
            return _TOO_LARGE
    return await _collect(request.receive)


def _is_too_large(declared: bytes) -> bool:
    return declared.isdigit() and (len(declared) > 9 or int(declared) > LARGEST)


async def _collect(receive: Receive) -> bytes | Refusal:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return _CUT_OFF
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST:
            return _TOO_LARGE
        if not message.get("more_body", False):
            return body

"""Reads a request's body, bounded in size.  How long it may take, the connection sees to."""

from starlette.requests import ClientDisconnect, Request

from novalgo_ingest.alert import Outcome, Refusal

LARGEST = 64 * 1024

_TOO_LARGE = Refusal(Outcome.TOO_LARGE, "The body is larger than 64 kB")

_ENCODED = Refusal(Outcome.ENCODED, "The body must not be compressed")


async def read_body(request: Request) -> bytes | Refusal:
    """Return the bytes, whatever content type they claim to be."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return _ENCODED  # a few kilobytes could unfold to gigabytes, and TradingView sends none
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 9 or int(declared) > LARGEST):
        return _TOO_LARGE
    try:
        return await _collect(request)
    except ClientDisconnect:
        return Refusal(Outcome.MALFORMED, "The body did not arrive")


async def _collect(request: Request) -> bytes | Refusal:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return _TOO_LARGE
    return bytes(body)

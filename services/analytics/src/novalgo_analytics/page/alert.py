"""The alert behind a signal, as ingest keeps it: without its secret."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import httpx2

from novalgo_common.errors import UnavailableError

ANSWERS_WITHIN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKept:
    channel: str | None
    """`webhook` or `e-mail`."""
    address: str | None
    secret: str | None
    """The name of the secret that it carried."""
    text: str | None
    """What it said; None where ingest keeps no text of it."""
    warning: str | None
    """What was wrong with it though it was accepted."""


@dataclass(frozen=True)
class Alerts:
    """Asks ingest with an API key of this installation."""

    url: str
    key: Callable[[], str | None]

    async def of(self, signal_id: UUID) -> AlertKept | None:
        """Return the alert, or None where ingest knows none; else raise `UnavailableError`."""
        key = self.key()
        if key is None:
            raise UnavailableError("NOVALGO_API_KEYS holds hashes alone: ingest cannot be asked")
        url, headers = f"{self.url}/signals/{signal_id}", {"X-API-Key": key}
        try:
            async with httpx2.AsyncClient(timeout=ANSWERS_WITHIN, trust_env=False) as client:
                answer = await client.get(url, headers=headers)
        except httpx2.TransportError:
            raise UnavailableError("Ingest does not answer: see Overview") from None
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise UnavailableError(f"Ingest answered {answer.status_code}")
        return _kept(answer.json())


def _kept(receipt: dict[str, str | None]) -> AlertKept:
    return AlertKept(
        channel=receipt.get("channel"),
        address=receipt.get("address"),
        secret=receipt.get("secret"),
        text=receipt.get("message"),
        warning=receipt.get("warning"),
    )

"""The running system and its simulator, over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from novalgo_cli.demo.alert import Alert, Answer
from novalgo_cli.demo.surroundings import Surroundings
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.errors import UnavailableError
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY

PATIENCE = 40.0
"""Seconds that the demo waits for the system to get anywhere."""
PAGE = 200
_KEYS = {"APCA-API-KEY-ID": ALPACA_KEY_ID, "APCA-API-SECRET-KEY": ALPACA_SECRET_KEY}
_ANSWERS = {400: Answer.MALFORMED, 401: Answer.WRONG_SECRET}
_STATUSES = {
    "success": Answer.ACCEPTED,
    "skipped": Answer.SKIPPED,
    "duplicate": Answer.DUPLICATE,
}


@dataclass(frozen=True, slots=True)
class Posted:
    """What ingest answered; a signal id where there is one."""

    answer: Answer
    signal_id: str | None


class Town:
    """Every method raises `UnavailableError` where the system does not get there."""

    def __init__(self, surroundings: Surroundings, client: httpx2.AsyncClient) -> None:
        self._at = surroundings
        self._client = client
        self._secret = (surroundings.data_dir / WEBHOOK_SECRET).read_text(encoding="utf-8").strip()
        key = (surroundings.data_dir / API_KEY).read_text(encoding="utf-8").strip()
        self._api = {"X-API-Key": key}
        self._bodies: dict[int, bytes] = {}

    @classmethod
    @asynccontextmanager
    async def enter(cls, surroundings: Surroundings) -> "AsyncIterator[Town]":
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            yield cls(surroundings, client)

    async def post(self, alert: Alert) -> Posted:
        """Send an alert; one that was sent before goes out byte for byte as it did then."""
        body = self._bodies.get(alert.number)
        if body is None:
            body = self._bodies[alert.number] = alert.body(self._secret, datetime.now(UTC))
        headers = {"Content-Type": alert.content_type}
        url = f"{self._at.url('ingest')}/webhook"
        response = await self._client.post(url, content=body, headers=headers)
        answered = response.json()
        kind = _ANSWERS.get(response.status_code, Answer.OTHER)
        if response.status_code == 200:
            kind = _STATUSES.get(answered["status"], Answer.OTHER)
        return Posted(kind, answered.get("signal_id"))

    async def signals(self) -> list[dict[str, Any]]:
        """Return every receipt, newest first."""
        found: list[dict[str, Any]] = []
        before = ""
        while True:
            page = await self._ask("ingest", f"/signals?limit={PAGE}{before}", self._api)
            found += page["signals"]
            if page["before"] is None:
                return found
            before = f"&before={page['before']}"

    async def config(self) -> dict[str, Any]:
        """Return the active rows' dollars, by symbol and timeframe."""
        rows: dict[str, Any] = (await self._ask("ingest", "/config", self._api))["config"]
        return rows

    async def recompute_performance(self) -> None:
        await self._ask("ingest", "/performance", self._api)

    async def summary(self) -> dict[str, Any]:
        """Return what analytics makes of it all."""
        return await self._ask("analytics", "/api/v1/summary")

    async def rebuild(self) -> dict[str, Any]:
        """Have analytics derive every number from its journal again, and compare."""
        url = f"{self._at.url('analytics')}/api/v1/rebuild"
        lines = (await self._client.post(url, headers=self._api)).text.splitlines()
        told: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        if "compared" not in told:
            raise UnavailableError(f"analytics could not rebuild: {told.get('error', 'no answer')}")
        compared: dict[str, Any] = told["compared"]
        return compared

    async def account(self) -> dict[str, Any]:
        """Return the simulator's own truth."""
        return await self._ask("simulator", "/sim/account", _KEYS)

    async def is_ready(self) -> bool:
        """Say whether all four services are."""
        names = ("ingest", "executor", "sheets", "analytics")
        answers = [await self._client.get(f"{self._at.url(name)}/ready") for name in names]
        return all(answer.status_code == 200 for answer in answers)

    async def stop_the_market(self) -> None:
        """Prices stand still, and the session ends."""
        for what, asked in (("market", {"frozen": True}), ("session", {"open": False})):
            url = f"{self._at.url('simulator')}/sim/{what}"
            (await self._client.post(url, json=asked, headers=_KEYS)).raise_for_status()

    async def _ask(
        self, service: str, path: str, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        response = await self._client.get(f"{self._at.url(service)}{path}", headers=headers)
        if response.status_code != 200:
            raise UnavailableError(f"{service} answers {response.status_code} to {path}")
        answer: dict[str, Any] = response.json()
        return answer


async def until(what: str, condition: Callable[[], Awaitable[bool]], *, pause: float = 0.2) -> None:
    """Wait for a condition; raise `UnavailableError` where it does not come about."""
    deadline = time.monotonic() + PATIENCE
    while not await condition():
        if time.monotonic() > deadline:
            raise UnavailableError(f"waited {PATIENCE:.0f} s in vain until {what}")
        await asyncio.sleep(pause)

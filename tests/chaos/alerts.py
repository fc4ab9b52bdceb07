"""The alerts of a chaos run: many charts, resends, and what came back."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import httpx2

RESENDS = 3
RESENT_AFTER = 5.0
PATIENCE = 3.0
"""Seconds after which TradingView hangs up."""
SENT_TWICE = 0.1
"""The share of answered alerts that is sent once more."""


@dataclass(frozen=True, slots=True)
class Chart:
    symbol: str
    timeframe: str

    def __str__(self) -> str:
        return f"{self.symbol} {self.timeframe}"


@dataclass(slots=True)
class Sent:
    """One alert, and what its sends came to."""

    number: int
    chart: Chart
    action: str
    answers: list[str] = field(default_factory=list)
    """The signal's id, for each answer of 200."""
    sends: int = 0
    refusals: list[int] = field(default_factory=list)
    """The status of each answer but those of 200."""


@dataclass
class Load:
    """Sends alerts until it is stopped."""

    http: httpx2.AsyncClient
    url: str
    secret: str
    charts: Sequence[Chart]
    chance: Random
    sent: list[Sent] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """From send to answer, of the alerts that were answered with 200."""

    async def run(self, count: int, per_second: float) -> None:
        """Send so many alerts at random moments, and return when each was answered or given up."""
        async with asyncio.TaskGroup() as sending:
            for _ in range(count):
                await asyncio.sleep(self.chance.expovariate(per_second))
                sending.create_task(self._send(self._next()))

    def _next(self) -> Sent:
        action = self.chance.choices(("BUY", "SELL", "CLOSE"), (40, 30, 30))[0]
        alert = Sent(len(self.sent), self.chance.choice(self.charts), action)
        self.sent.append(alert)
        return alert

    async def _send(self, alert: Sent) -> None:
        body = json.dumps(
            {
                "action": alert.action,
                "symbol": alert.chart.symbol,
                "timeframe": alert.chart.timeframe,
                "secret": self.secret,
                "id": f"alert-{alert.number}",
                "time": datetime.now(UTC).isoformat(),
            }
        )
        for _ in range(RESENDS):
            if await self._posted(alert, body):
                break
            await asyncio.sleep(RESENT_AFTER)
        else:
            await self._posted(alert, body)
        if alert.answers and self.chance.random() < SENT_TWICE:
            await self._posted(alert, body)

    async def _posted(self, alert: Sent, body: str) -> bool:
        alert.sends += 1
        started = asyncio.get_running_loop().time()
        try:
            answer = await self.http.post(self.url, content=body, timeout=PATIENCE)
        except httpx2.TransportError:
            return False
        if answer.status_code != 200:
            alert.refusals.append(answer.status_code)
            return False
        self.seconds.append(asyncio.get_running_loop().time() - started)
        alert.answers.append(answer.json()["signal_id"])
        return True

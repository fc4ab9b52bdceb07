"""`POST /webhook/preview`: what an alert would become and what executor would do, without doing it.

The message needs no right secret to be read: whoever asks has shown an API key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.credentials import Credentials
from novalgo_common.errors import UnavailableError
from novalgo_common.events import PreviewedOrder, PreviewReported, PreviewRequested
from novalgo_ingest.alert import NOT_UNIQUE, Alert, Heartbeat, Refusal
from novalgo_ingest.answers import answer, error, number, why_skipped
from novalgo_ingest.body import read_body
from novalgo_ingest.message import read_message
from novalgo_ingest.store import Store
from novalgo_ingest.strict_json import Fields, NotStrictJsonError
from novalgo_ingest.text_pattern import TextPattern
from novalgo_ingest.translate import secret_of, translate

ANSWER_WITHIN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    secrets: Credentials
    text_pattern: TextPattern | None
    store: Store
    config: ConfigCopy
    bus: Bus
    clock: Clock
    new_id: Callable[[], UUID]

    async def receive(self, request: Request) -> Response:
        """Answer 200 for any message; its `error` is what the webhook would refuse it with."""
        body = await read_body(request)
        if isinstance(body, Refusal):
            return error(body.outcome.status, body.error)
        try:
            fields = read_message(body, self.text_pattern)
        except NotStrictJsonError as problem:
            return answer({"would": "refuse", "error": str(problem)})
        return answer(await self._preview(fields))

    async def _preview(self, fields: Fields) -> dict[str, Any]:
        now = self.clock()
        found: dict[str, Any] = {"secret": self.secrets.accept(secret_of(fields))}
        alert = translate(fields, now)
        if isinstance(alert, Refusal):
            return {"would": "refuse", "error": alert.error, **found}
        if isinstance(alert, Heartbeat):
            return {"would": "note that the chart is alive", **found}
        found |= {
            "alert": _alert(alert),
            "skipped": why_skipped(alert, self.config),
            "warning": None if alert.is_unique else NOT_UNIQUE,
        }
        first = await self.store.repeated_by(alert, now)
        if first is not None:
            return {"would": "drop as a duplicate", "signal_id": str(first), **found}
        return {"would": "accept", **found, "executor": await self._executor(alert, now)}

    async def _executor(self, alert: Alert, now: datetime) -> dict[str, Any]:
        question = self.new_id()
        request = PreviewRequested(
            event_id=question,
            correlation_id=question,
            occurred_at=now,
            action=alert.action,
            symbol=alert.symbol,
            timeframe=alert.timeframe,
            alert_at=alert.alert_at,
            price=alert.price,
        )
        try:
            reported = await self.bus.request(request, within=ANSWER_WITHIN)
        except UnavailableError as problem:
            return {"error": str(problem)}
        assert isinstance(reported, PreviewReported)
        return {
            "held": number(reported.held),
            "orders": [_order(order) for order in reported.orders],
            "ending": reported.ending,
            "reason": reported.reason,
            "detail": reported.detail,
        }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "action": alert.action,
        "symbol": alert.symbol,
        "timeframe": alert.timeframe,
        "time": alert.alert_at.isoformat() if alert.alert_at else None,
        "bar_time": alert.bar_at.isoformat() if alert.bar_at else None,
        "price": number(alert.price),
        "comment": alert.comment,
    }


def _order(order: PreviewedOrder) -> dict[str, Any]:
    return {
        "leg": order.leg,
        "side": order.side,
        "qty": number(order.quantity),
        "dollars": number(order.notional),
    }

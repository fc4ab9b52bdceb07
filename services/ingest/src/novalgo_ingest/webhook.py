"""`POST /webhook`: an alert is answered with a 2xx only once it is stored."""

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import Response

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.errors import UnavailableError
from novalgo_common.tracing import begin
from novalgo_ingest.addresses import origin_of
from novalgo_ingest.alert import Alert, Heartbeat, Outcome, Refusal
from novalgo_ingest.answers import accepted, answer, error
from novalgo_ingest.answers_first import AnswersFirst
from novalgo_ingest.body import read_body
from novalgo_ingest.gate import Gate
from novalgo_ingest.intake import Intake
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.refusal_alarms import RefusalAlarms
from novalgo_ingest.repeat_alarms import RepeatAlarms
from novalgo_ingest.spool import Spool
from novalgo_ingest.store import Arrival, Store

log = structlog.get_logger()

COMMIT_WITHIN = 2.5
"""Seconds.  TradingView hangs up after 3; what is stored later all the same is found by its
fingerprint when TradingView sends it again."""

_UNSTORED = Refusal(Outcome.UNAVAILABLE, "The alert could not be stored: send it again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    gate: Gate
    intake: Intake
    store: Store
    spool: Spool
    config: ConfigCopy
    alarms: RefusalAlarms
    repeats: RepeatAlarms
    metrics: Metrics
    answers_first: AnswersFirst
    clock: Clock
    new_id: Callable[[], UUID]

    async def receive(self, request: Request) -> Response:
        """Answer one alert as docs/tradingview.md promises, whatever the body holds."""
        began = perf_counter()
        with self.answers_first:
            try:
                outcome, response = await self._answer(request)
            except Exception as failure:
                _log_without_body(failure)
                outcome, response = _refuse(_UNSTORED)
        self.metrics.answered(outcome, perf_counter() - began)
        return response

    async def _answer(self, request: Request) -> tuple[Outcome, Response]:
        received_at = self.clock()
        body = await read_body(request)
        if isinstance(body, Refusal):
            return _refuse(body)
        verdict = self.gate.judge(body, origin_of(request.scope), received_at)
        if isinstance(verdict, Alert):
            return await self._store(verdict, received_at)
        if isinstance(verdict, Heartbeat):
            return await self._beat(verdict, received_at)
        if verdict.outcome in (Outcome.MALFORMED, Outcome.UNAUTHORIZED):
            log.warning("webhook.refused", error=verdict.error)
        if verdict.is_owners:
            await self.alarms.tell(verdict, received_at)
        return _refuse(verdict)

    async def _store(self, alert: Alert, received_at: datetime) -> tuple[Outcome, Response]:
        if self.spool.is_full:
            return _refuse(_UNSTORED)
        signal_id = self.new_id()
        try:
            arrival = Arrival(alert, signal_id, received_at)
            stored = await self.intake.accept(arrival, within=COMMIT_WITHIN)
        except (TimeoutError, UnavailableError) as failure:
            log.error("webhook.not_stored", error=str(failure) or "the commit took too long")
            return _refuse(_UNSTORED)
        if stored.is_duplicate:
            body = {"status": "duplicate", "signal_id": str(stored.signal_id)}
            return Outcome.DUPLICATE, answer(body)
        self.spool.added()
        begin("webhook", signal_id, received_at)
        await self.repeats.look_at(alert, received_at)
        return self._accepted(alert, signal_id)

    async def _beat(self, heartbeat: Heartbeat, at: datetime) -> tuple[Outcome, Response]:
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await self.store.beat(heartbeat, at)
        except (TimeoutError, UnavailableError) as failure:
            log.error("webhook.not_stored", error=str(failure) or "the commit took too long")
            return _refuse(_UNSTORED)
        book = {"symbol": heartbeat.symbol, "timeframe": heartbeat.timeframe}
        return Outcome.HEARTBEAT, answer({"status": "heartbeat", **book})

    def _accepted(self, alert: Alert, signal_id: UUID) -> tuple[Outcome, Response]:
        body = accepted(alert, signal_id, self.config)
        outcome = Outcome.ACCEPTED if body["status"] == "success" else Outcome.SKIPPED
        return outcome, answer(body)


def _refuse(refusal: Refusal) -> tuple[Outcome, Response]:
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.outcome in (Outcome.TOO_LARGE, Outcome.ENCODED):
        headers["Connection"] = "close"  # the rest of the body is not read
    return refusal.outcome, error(refusal.outcome.status, refusal.error, headers)


def _log_without_body(failure: Exception) -> None:
    """Log where it happened; an exception's own text may quote the request."""
    frame = traceback.extract_tb(failure.__traceback__)[-1]
    log.error(
        "webhook.failed", error=type(failure).__name__, function=frame.name, line=frame.lineno
    )

"""Takes alerts from the mailbox: read, stored as a webhook would be, then marked as seen."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import structlog

from novalgo_common.clock import Clock
from novalgo_common.credentials import Credentials
from novalgo_common.errors import UnavailableError
from novalgo_ingest.alert import Alert, Heartbeat, Outcome, Refusal, Source
from novalgo_ingest.intake import Intake
from novalgo_ingest.mail.account import Account
from novalgo_ingest.mail.letter import messages
from novalgo_ingest.mail.postbox import Postbox
from novalgo_ingest.message import read_message
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.refusal_alarms import RefusalAlarms
from novalgo_ingest.store import Arrival, Store
from novalgo_ingest.strict_json import NotStrictJsonError
from novalgo_ingest.text_pattern import TextPattern
from novalgo_ingest.translate import secret_of, translate

log = structlog.get_logger()

NO_ALERT = Refusal(Outcome.MALFORMED, "The letter holds no message with a right secret")
LONGEST_PAUSE = 300.0


@dataclass(slots=True, kw_only=True)
class MailChannel:
    account: Account
    every: float
    """Seconds between two looks."""
    secrets: Credentials
    text_pattern: TextPattern | None
    intake: Intake
    store: Store
    alarms: RefusalAlarms
    metrics: Metrics
    clock: Clock
    new_id: Callable[[], UUID]
    _problem: str | None = field(default=None, init=False)

    def problem(self) -> str | None:
        return self._problem

    async def run(self) -> None:
        """Look for ever; a mailbox that is away is tried again, ever more patiently."""
        failures = 0
        with ThreadPoolExecutor(1, thread_name_prefix="mailbox") as thread:
            while True:
                try:
                    await self._look(thread)
                    self._problem, failures = None, 0
                except UnavailableError as error:
                    failures += 1
                    self._problem = str(error)
                    log.warning("mailbox.away", error=str(error))
                await asyncio.sleep(min(LONGEST_PAUSE, self.every * 2**failures))

    async def _look(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        opened = Postbox.open(self.account)
        entered = thread.submit(opened.__enter__)
        try:
            postbox = await asyncio.wrap_future(entered)
            letters = await loop.run_in_executor(thread, postbox.unseen)
            for uid, letter in letters:
                await self._take(letter)
                # Not before it is stored: a crash in between takes it again, as a duplicate.
                await loop.run_in_executor(thread, postbox.handled, uid)
        finally:
            # The thread comes to it even if nobody waits for it any more: at a stop, say.
            await asyncio.shield(loop.run_in_executor(thread, _close, opened, entered))

    async def _take(self, letter: bytes) -> None:
        """Store what the letter holds; raise `UnavailableError` where the store is away."""
        now = self.clock()
        read = self._read(letter, now)
        outcome = read.outcome if isinstance(read, Refusal) else Outcome.ACCEPTED
        if isinstance(read, Alert):
            stored = await self.intake.accept(Arrival(read, self.new_id(), now))
            outcome = Outcome.DUPLICATE if stored.is_duplicate else outcome
        elif isinstance(read, Heartbeat):
            await self.store.beat(read, now)
            outcome = Outcome.HEARTBEAT
        elif read.is_owners:
            await self.alarms.tell(read, now)
        self.metrics.letters.labels(outcome.value).inc()

    def _read(self, letter: bytes, now: datetime) -> Alert | Heartbeat | Refusal:
        for message in messages(letter):
            try:
                fields = read_message(message, self.text_pattern)
            except NotStrictJsonError:
                continue
            secret = self.secrets.holder(secret_of(fields))
            if secret is None:
                continue
            alert = translate(fields, now)
            if isinstance(alert, Refusal):
                return replace(alert, is_owners=True)
            if isinstance(alert, Heartbeat):
                return alert
            return replace(alert, source=Source("e-mail", self.account.host, secret.name))
        return NO_ALERT


def _close(opened: AbstractContextManager[Postbox], entered: "Future[Postbox]") -> None:
    if not entered.cancelled() and entered.exception() is None:
        opened.__exit__(None, None, None)

"""Raises an alarm for each row whose chart has gone quiet: once for each silence."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID, uuid5

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.events import AlarmRaised
from novalgo_ingest.silence.judge import (
    FIRES,
    LOOKS_AT,
    allowed_silence,
    has_gone_quiet,
    is_too_frequent,
)
from novalgo_ingest.store import Store

LOOK_EVERY = 60.0

Book: TypeAlias = tuple[str, str]

_ALARMS = UUID("6f2a3c1e-5b7d-4e0a-9c44-0d6f1b2a7e55")


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceWatch:
    store: Store
    config: ConfigCopy
    clock: Clock
    configured: Mapping[Book, timedelta]
    """Market time that a book may be quiet, where the owner says so; zero: it is not watched."""
    since: datetime
    """From when a book counts as quiet that has never been heard of."""

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        for row in self.config.rows:
            if row.active:
                await self._look_at(row.symbol, row.timeframe)

    async def _look_at(self, symbol: str, timeframe: str) -> None:
        seen = await self.store.seen(symbol, timeframe, LOOKS_AT + 1)
        if is_too_frequent(seen):
            await self._tell(
                "alert_stopped",
                (symbol, timeframe),
                f"{symbol} {timeframe} fired more than {FIRES} times in three minutes: TradingView "
                "stops such an alert. Look there, and start it again.",
                str(seen[-1].date()),
            )
        allowed = self.configured.get((symbol, timeframe)) or allowed_silence(seen, timeframe)
        if self.configured.get((symbol, timeframe)) == timedelta() or allowed is None:
            return
        last = seen[-1] if seen else self.since
        if has_gone_quiet(last, allowed, self.clock()):
            hours = allowed.total_seconds() / 3600
            await self._tell(
                "alert_silent",
                (symbol, timeframe),
                f"Nothing has come for {symbol} {timeframe} since {last:%Y-%m-%d %H:%M} UTC, more "
                f"than {hours:.1f} hours of open market: look whether its alert in TradingView has "
                "stopped or expired.",
                last.isoformat(),
            )

    async def _tell(self, code: str, book: Book, message: str, occasion: str) -> None:
        # The same occasion has the same id, and the outbox takes an id once: over restarts, and
        # over several ingests on one database, it is told once.
        alarm_id = uuid5(_ALARMS, "\n".join((code, *book, occasion)))
        await self.store.publish(
            AlarmRaised(
                event_id=alarm_id,
                correlation_id=alarm_id,
                occurred_at=self.clock(),
                service="ingest",
                code=code,
                message=message,
                symbol=book[0],
            )
        )

"""Alpaca's trade_updates, through alpaca-py."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog
from alpaca.trading.stream import TradingStream

from novalgo_executor import answers
from novalgo_executor.broker import Connected, StreamNews
from novalgo_executor.settings import Settings

log = structlog.get_logger()

WEBSOCKET = {"ping_interval": 5, "ping_timeout": 10, "max_queue": 1024, "open_timeout": 5}


class Stream(TradingStream):
    """Hands everything to a queue: an exception in alpaca-py's own handler would lose updates."""

    def __init__(self, settings: Settings) -> None:
        key, secret = settings.alpaca_credentials
        super().__init__(
            key,
            secret,
            raw_data=True,
            url_override=settings.stream_url,
            websocket_params=WEBSOCKET,
        )
        self._told: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self.subscribe_trade_updates(self._hand_over)

    async def news(self) -> AsyncIterator[StreamNews]:
        """Yield what the stream says, for ever; it reconnects by itself."""
        running = asyncio.create_task(self._run_until_cancelled())
        try:
            while True:
                message = await self._told.get()
                if message is None:
                    yield Connected()
                    continue
                try:
                    yield answers.update(message)
                except answers.UnreadableError as error:
                    # Reconciliation will find out what it was about.
                    log.warning("stream.unreadable", error=str(error))
        finally:
            running.cancel()

    async def _run_until_cancelled(self) -> None:
        try:
            await self._run_forever()  # type: ignore[no-untyped-call]
        finally:
            await self.close()

    async def _hand_over(self, message: Mapping[str, Any]) -> None:
        self._told.put_nowait(message)

    async def _start_ws(self) -> None:
        await super()._start_ws()  # type: ignore[no-untyped-call]
        self._told.put_nowait(None)

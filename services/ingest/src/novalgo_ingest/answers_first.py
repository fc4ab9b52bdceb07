"""Lets the answers to a burst of webhooks go before the publishing of what they stored.

Both want the one interpreter, and TradingView hangs up on whom it waits for too long; an order that
starts a moment later loses nothing.
"""

import asyncio
from contextlib import suppress

LONGEST_HOLD = 0.5
"""Seconds after which some is published all the same: webhooks may never stop coming."""
BURST = 8
"""With fewer webhooks since the last turn, and none unanswered, nothing is held."""
LULL = 0.005
"""Seconds without a webhook after which a burst is over: over open connections its next part comes
only when the last one is answered.  A few alone are over with their answers."""


class AnswersFirst:
    """`with` it, a webhook is answered; `turn` is for who publishes."""

    def __init__(self) -> None:
        self._unanswered = 0
        self._came = 0
        self._came_before = 0
        self._all_answered = asyncio.Event()

    def __enter__(self) -> None:
        """Count a webhook as waiting for its answer."""
        self._unanswered += 1
        self._came += 1
        self._all_answered.clear()

    def __exit__(self, *_raised: object) -> None:
        self._unanswered -= 1
        if not self._unanswered:
            self._all_answered.set()

    async def turn(self) -> None:
        """Return when publishing may go on: at once, after a burst, or after the longest hold."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_HOLD):
                while self._is_held():
                    await self._wait()
        self._came_before = self._came

    async def _wait(self) -> None:
        if not self._is_burst():
            await self._all_answered.wait()
            return
        came = self._came
        await asyncio.sleep(LULL)
        if self._came == came and not self._unanswered:
            self._came_before = came

    def _is_held(self) -> bool:
        return self._unanswered > 0 or self._is_burst()

    def _is_burst(self) -> bool:
        return self._came - self._came_before >= BURST

"""Lets the answers to a burst of webhooks go before the publishing of what they stored.

Both want the one interpreter, and TradingView hangs up on whom it waits for too long; an order that
starts a moment later loses nothing.
"""

import asyncio

LONGEST_HOLD = 0.5
"""Seconds after which some is published all the same: webhooks may never stop coming."""
BURST = 8
"""With fewer webhooks since the last turn, and none unanswered, nothing is held."""
LULL = 0.005
"""Seconds without a webhook after which a burst is over: over open connections its next part comes
only when the last one is answered."""


class AnswersFirst:
    """`with` it, a webhook is answered; `turn` is for who publishes."""

    def __init__(self) -> None:
        self._unanswered = 0
        self._came = 0
        self._came_before = 0

    def __enter__(self) -> None:
        """Count a webhook as waiting for its answer."""
        self._unanswered += 1
        self._came += 1

    def __exit__(self, *_raised: object) -> None:
        self._unanswered -= 1

    async def turn(self) -> None:
        """Return when publishing may go on: at once, after a burst, or after the longest hold."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_HOLD
        while self._is_burst() and loop.time() < until:
            came = self._came
            await asyncio.sleep(LULL)
            if self._came == came and not self._unanswered:
                break
        self._came_before = self._came

    def _is_burst(self) -> bool:
        return self._unanswered > 0 or self._came - self._came_before >= BURST

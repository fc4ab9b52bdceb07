"""Holds the publishing of what is stored back while webhooks wait for their answers.

Both want the one interpreter, and TradingView hangs up on whom it waits for too long; an order that
starts a moment later loses nothing.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONGEST_HOLD = 0.1
"""Seconds after which publishing starts all the same: webhooks may never stop coming."""


class AnswersFirst:
    def __init__(self, publish: Callable[[], None]) -> None:
        self._publish = publish
        self._unanswered = 0
        self._held: asyncio.TimerHandle | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count a webhook as waiting for its answer."""
        self._unanswered += 1
        try:
            yield
        finally:
            self._unanswered -= 1
            if not self._unanswered and self._held is not None:
                self._go()

    def committed(self) -> None:
        """Something is stored: publish it when nobody waits any more, or soon."""
        if not self._unanswered:
            self._publish()
        elif self._held is None:
            self._held = asyncio.get_running_loop().call_later(LONGEST_HOLD, self._go)

    def _go(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        self._publish()

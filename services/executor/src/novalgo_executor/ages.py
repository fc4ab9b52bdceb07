"""How old signals are, whatever is done to the machine's clock meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from novalgo_common.clock import Clock


def elapsed() -> float:
    """Return seconds that only ever run on: also while the machine sleeps, or is set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Ages:
    """The wall clock is believed once for each signal, when it is first looked at.

    After that the seconds are counted, so that a step of the clock makes no stale signal fresh, and
    no fresh one stale.  A restart looks at the wall clock again.
    """

    clock: Clock
    elapsed: Callable[[], float]
    _seen: dict[UUID, tuple[datetime, timedelta, float]] = field(default_factory=dict)

    def of(self, signal_id: UUID, since: datetime) -> timedelta:
        """Return the time since `since`; another `since` of the signal begins anew."""
        seen = self._seen.get(signal_id)
        if seen is None or seen[0] != since:
            seen = (since, max(timedelta(), self.clock() - since), self.elapsed())
            self._seen[signal_id] = seen
        _, first_age, at = seen
        return first_age + timedelta(seconds=self.elapsed() - at)

    def forget(self, signal_id: UUID) -> None:
        self._seen.pop(signal_id, None)

"""How old signals and denials are, whatever is done to the machine's clock meanwhile."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from novalgo_common.clock import Clock
from novalgo_executor.facts import Order


def elapsed() -> float:
    """Return seconds that only ever run on: also while the machine sleeps, or is set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Ages:
    """The wall clock is believed once for each thing that has an age, when it is first looked at.

    After that the seconds are counted, so that a step of the clock makes no stale signal fresh, and
    no fresh one stale.  A restart looks at the wall clock again.
    """

    clock: Clock
    elapsed: Callable[[], float]
    _seen: dict[Hashable, tuple[datetime, timedelta, float]] = field(default_factory=dict)

    def of(self, what: Hashable, since: datetime) -> timedelta:
        """Return the time since `since`; another `since` of the same thing begins anew."""
        seen = self._seen.get(what)
        if seen is None or seen[0] != since:
            seen = (since, max(timedelta(), self.clock() - since), self.elapsed())
            self._seen[what] = seen
        _, first_age, at = seen
        return first_age + timedelta(seconds=self.elapsed() - at)

    def forget(self, what: Hashable) -> None:
        self._seen.pop(what, None)

    def of_denial(self, order: Order) -> timedelta:
        """Return for how long the broker has been denying an order; nothing where it has not."""
        name = order.request.client_order_id
        if order.missing_since is None:
            self.forget(name)
            return timedelta()
        return self.of(name, order.missing_since)

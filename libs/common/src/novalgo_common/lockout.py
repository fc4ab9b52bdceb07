"""Counts wrong secrets by address.  Time is passed in."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta

ALLOWED_FAILURES = 10
WINDOW = timedelta(minutes=1)
REMEMBERED_ADDRESSES = 10_000


class Lockout:
    """An address that sent too many wrong secrets within a minute is told to wait.

    What carries a right secret is never asked about: TradingView's addresses are shared by all of
    its users, and a proxy's by all who come through it, so a stranger's failures must not shut the
    owner out.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def seconds_left(self, address: Hashable, now: datetime) -> int:
        """Return how long the address is shut out from now; 0 when it is not."""
        failures = self._failures.get(address)
        if failures is None or len(failures) < ALLOWED_FAILURES:
            return 0
        left = failures[0] + WINDOW - now
        return max(0, -(-left // timedelta(seconds=1)))

    def failed(self, address: Hashable, now: datetime) -> None:
        """Remember a wrong secret."""
        failures = self._failures.setdefault(address, deque(maxlen=ALLOWED_FAILURES))
        failures.append(now)
        self._failures.move_to_end(address)
        while len(self._failures) > REMEMBERED_ADDRESSES:
            self._failures.popitem(last=False)

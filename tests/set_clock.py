"""A clock that runs on from wherever a test sets it."""

from datetime import datetime, timedelta

from novalgo_common.clock import utc_now


class SetClock:
    def __init__(self, at: datetime) -> None:
        self._ahead = timedelta()
        self.set(at)

    def set(self, at: datetime) -> None:
        self._ahead = at - utc_now()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

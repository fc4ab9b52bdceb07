"""Faults on order: the next requests to the simulated Sheets are answered with an error."""

from collections import deque
from dataclasses import dataclass, field

from novalgo_simulator.google.errors import GoogleError


@dataclass
class SheetFaults:
    _planned: deque[int] = field(default_factory=deque)

    def refuse(self, code: int, *, times: int = 1) -> None:
        """Answer so many of the coming requests with this HTTP status."""
        self._planned.extend([code] * times)

    def stop(self) -> None:
        """Forget what is still planned."""
        self._planned.clear()

    def before_request(self) -> None:
        """Raise the fault whose turn it is."""
        if self._planned:
            raise GoogleError(self._planned.popleft())

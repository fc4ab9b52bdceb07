"""Faults on order: what becomes of the next requests to the simulated Sheets."""

from collections import deque
from dataclasses import dataclass, field

from novalgo_simulator.google.errors import GoogleError


@dataclass(frozen=True, slots=True)
class _Fault:
    code: int | None
    retry_after: str | None = None
    is_page: bool = False
    seconds: float = 0.0


@dataclass
class SheetFaults:
    _planned: deque[_Fault] = field(default_factory=deque)

    def refuse(
        self, code: int, *, times: int = 1, retry_after: str | None = None, page: bool = False
    ) -> None:
        """Answer so many of the coming requests with this HTTP status, as JSON or a page."""
        self._planned.extend([_Fault(code, retry_after, page)] * times)

    def delay(self, seconds: float, *, times: int = 1) -> None:
        """Answer so many of the coming requests rightly, but late."""
        self._planned.extend([_Fault(None, seconds=seconds)] * times)

    def stop(self) -> None:
        """Forget what is still planned."""
        self._planned.clear()

    def before_request(self) -> float:
        """Return the seconds to wait, or raise the refusal whose turn it is."""
        if not self._planned:
            return 0.0
        fault = self._planned.popleft()
        if fault.code is not None:
            raise GoogleError(fault.code, retry_after=fault.retry_after, is_page=fault.is_page)
        return fault.seconds

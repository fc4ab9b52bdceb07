"""What the store tells, in the words of analytics."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from novalgo_common.events import Action, Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """What the account was worth at a moment."""

    at: datetime
    equity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSeen:
    """A signal and how it ended; `ending` is None while it has not."""

    signal_id: UUID
    action: Action
    symbol: str
    timeframe: str
    seen_at: datetime
    ending: Ending | None
    reason: str | None
    detail: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRequest:
    """Somebody waits for the Performance rows."""

    event_id: UUID
    correlation_id: UUID

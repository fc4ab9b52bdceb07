"""What ingest knows of a request: an alert to store, or a refusal to answer with."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from novalgo_common.events import Action


@dataclass(frozen=True, slots=True)
class Source:
    """Where an alert came from."""

    channel: str
    """`webhook` or `e-mail`."""
    address: str | None
    secret: str
    """The name of the secret that it carried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A well-formed alert, in canonical words."""

    action: Action
    symbol: str
    timeframe: str
    alert_at: datetime | None
    bar_at: datetime | None
    price: Decimal | None
    comment: str | None
    fingerprint: str
    """Equal for the resends of one alert."""
    is_unique: bool
    """Whether the fingerprint can never come again by chance: the alert had an id or a time."""
    source: Source | None = None
    message: str | None = None
    """The alert as it came, in JSON, without what may be a secret."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A message that says no more than that its chart is alive."""

    symbol: str
    timeframe: str


NOT_UNIQUE = (
    "It carried neither an id nor a time: an equal one within a minute would count as its resend"
)
"""What is to be said of an alert that is not unique."""


class Outcome(StrEnum):
    """What became of a webhook; the metrics count by it."""

    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    HEARTBEAT = "heartbeat"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    TOO_LARGE = "too_large"
    ENCODED = "encoded"
    LOCKED_OUT = "locked_out"
    UNAVAILABLE = "unavailable"

    @property
    def status(self) -> int:
        """The HTTP status.  TradingView sends again on 503 alone, so only that may mean "again"."""
        return _STATUS.get(self, 200)


_STATUS = {
    Outcome.MALFORMED: 400,
    Outcome.UNAUTHORIZED: 401,
    Outcome.FORBIDDEN: 403,
    Outcome.TOO_LARGE: 413,
    Outcome.ENCODED: 415,
    Outcome.LOCKED_OUT: 429,
    Outcome.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no alert, as one phrase that holds nothing of the request."""

    outcome: Outcome
    error: str
    retry_after: int | None = None
    """Seconds."""
    is_owners: bool = False
    """Whether the request carried a right secret."""

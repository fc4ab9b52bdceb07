"""What ingest knows of a request: an alert to store, or a refusal to answer with."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from novalgo_common.events import Action


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no alert, as one phrase that holds nothing of the request."""

    error: str

"""Times as alerts write them: ISO 8601 with a zone, or seconds or milliseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"^[0-9]{1,16}(\.[0-9]{1,9})?$", re.ASCII)
_MILLISECONDS_FROM = Decimal(10) ** 11
"""As seconds this would be the year 5138; as milliseconds it is 1973."""


def parse_moment(value: object) -> datetime | None:
    """Return the time in UTC, or None where the value is not certainly one of this century."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value).strip()
    moment = _since_epoch(Decimal(text)) if _NUMBER.match(text) else _iso(text)
    return moment if moment is not None and EARLIEST <= moment < LATEST else None


def _since_epoch(number: Decimal) -> datetime | None:
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    try:
        return _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        return None


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None

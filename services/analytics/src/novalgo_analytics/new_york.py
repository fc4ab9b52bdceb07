"""New York's days: a trading day is the exchange's, wherever its owner lives.  Pure."""

from datetime import date, datetime, time

from novalgo_common.exchange_days import NEW_YORK


def day_of(at: datetime) -> date:
    """Return the day that a moment belongs to in New York."""
    return at.astimezone(NEW_YORK).date()


def midnight(day: date) -> datetime:
    """Return when a day begins in New York."""
    return datetime.combine(day, time.min, NEW_YORK)

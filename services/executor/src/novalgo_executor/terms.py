"""What a row of the Config tab asks of its own entries: side, hours, pause.  Pure."""

from datetime import datetime, timedelta

from novalgo_common.events import Action, ConfigRow, Reason
from novalgo_common.exchange_days import NEW_YORK
from novalgo_executor.limits import Breach


def broken_term(
    row: ConfigRow, action: Action, *, last_entry: datetime | None, now: datetime
) -> Breach | None:
    """Return the term that an entry now would break, or None."""
    if action is Action.SELL and row.allow_short is False:
        return Breach(Reason.NOT_SHORTABLE, "the row allows no shorts (allow_short)")
    if row.session is not None and not is_within(row.session, now):
        detail = f"the row takes entries from {row.session} in New York only (session)"
        return Breach(Reason.MARKET_CLOSED, detail)
    if row.cooldown is None or last_entry is None:
        return None
    until = last_entry + timedelta(seconds=row.cooldown)
    if now >= until:
        return None
    return Breach(Reason.ORDER_RATE, f"the row pauses until {until.isoformat()} (cooldown)")


def is_within(session: str, now: datetime) -> bool:
    """Say whether New York's clock is in a session such as `09:45-15:30`, its end left out."""
    start, _, end = session.partition("-")
    return start <= now.astimezone(NEW_YORK).strftime("%H:%M") < end


def age_limit(row: ConfigRow | None, general: timedelta) -> timedelta:
    """Return how old a signal may be: a row can shorten the general limit, not lengthen it."""
    if row is None or row.max_signal_age is None:
        return general
    return min(general, timedelta(seconds=row.max_signal_age))

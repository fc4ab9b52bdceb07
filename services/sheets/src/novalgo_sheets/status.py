"""What an event says about its row: the Order Status and the reason beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from novalgo_common.events import (
    Action,
    Ending,
    OrderSubmitted,
    Reason,
    RowStatus,
    SignalEnded,
)
from novalgo_sheets.config_tab import Key

_LONGEST_REASON = 300
_DECLINED = {
    Reason.ALREADY_LONG: RowStatus.ALREADY_LONG,
    Reason.ALREADY_SHORT: RowStatus.ALREADY_SHORT,
    Reason.ALREADY_FLAT: RowStatus.WAITING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A book's row should say something new."""

    event_id: UUID
    """The event that says so."""
    signal_id: UUID
    key: Key
    at: datetime
    status: RowStatus
    reason: str = ""
    position: int = 0
    """Order of arrival, given by the store."""
    is_announced: bool = False
    """Whether `StatusWritten` has been told of it."""


def change_from(event: OrderSubmitted | SignalEnded) -> Change | None:
    """Return what the row should say after the event, or None where it stays as it is."""
    if isinstance(event, OrderSubmitted):
        status, reason = RowStatus.ORDER_SUBMITTED, ""
    elif event.ending is Ending.SUPERSEDED:
        return None  # the newer signal of the book says what there is to say
    else:
        status, reason = _status_after(event), reason_of(event)
    return Change(
        event_id=event.event_id,
        signal_id=event.correlation_id,
        key=(event.symbol, event.timeframe),
        at=event.occurred_at,
        status=status,
        reason=reason,
    )


def newest(changes: Iterable[Change]) -> dict[Key, Change]:
    """Return the change that counts for each key: the latest to occur, then to arrive."""
    ordered = sorted(changes, key=lambda change: (change.at, change.position))
    return {change.key: change for change in ordered}


def _status_after(event: SignalEnded) -> RowStatus:
    if event.ending is Ending.FILLED:
        return RowStatus.WAITING if event.action is Action.CLOSE else RowStatus.FILLED
    if event.ending is Ending.DECLINED and event.reason is not None:
        return _DECLINED.get(event.reason, RowStatus.FAILED)
    return RowStatus.FAILED


def reason_of(event: SignalEnded) -> str:
    """Return why a signal ended as it did, in words; nothing where it filled."""
    if event.ending is Ending.FILLED:
        return ""
    words = event.reason.value.replace("_", " ") if event.reason else event.ending.value
    text = " ".join((event.detail or words).split())
    return text[:_LONGEST_REASON]

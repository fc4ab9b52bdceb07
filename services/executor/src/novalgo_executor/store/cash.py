"""Cash that moved without a trade: what the others were told of, for as long as it is looked at."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy.engine import Connection

from novalgo_common.events import CashKind, CashMoved
from novalgo_common.store import Outbox
from novalgo_executor.broker import CashActivity
from novalgo_executor.store import account, event_ids, notes
from novalgo_executor.transfers import Told, moved_since_close, peak_moves

_TOLD = "cash_told"


def tell(
    connection: Connection, outbox: Outbox, activities: Iterable[CashActivity], since: datetime
) -> None:
    """Publish what is new, and take back what was told of and is cancelled.

    What was booked before `since` is forgotten: it is not looked at again.
    """
    told = {name: each for name, each in _told(connection).items() if each.booked_at >= since}
    for activity in activities:
        if (activity.activity_id in told) is not activity.is_cancelled:
            continue
        outbox.add(connection, _moved(activity))
        if activity.kind is CashKind.TRANSFER:
            account.move_peak(connection, peak_moves(activity))
        if activity.is_cancelled:
            del told[activity.activity_id]
        else:
            told[activity.activity_id] = _note(activity)
    _keep(connection, told)


def moved(connection: Connection, now: datetime) -> Decimal:
    """Return what the owner moved in, less what out, since the previous close."""
    return moved_since_close(_told(connection).values(), now)


def _moved(activity: CashActivity) -> CashMoved:
    """Return the event of an activity; that of a cancelled one undoes the event before."""
    name = f"cash.{activity.activity_id}"
    event_id = event_ids.of_account(f"{name}.cancelled" if activity.is_cancelled else name)
    return CashMoved(
        event_id=event_id,
        correlation_id=event_id,
        occurred_at=activity.booked_at,
        kind=activity.kind,
        amount=-activity.amount if activity.is_cancelled else activity.amount,
        symbol=activity.symbol,
        activity=activity.activity,
        activity_id=activity.activity_id,
    )


def _note(activity: CashActivity) -> Told:
    is_transfer = activity.kind is CashKind.TRANSFER
    return Told(activity.booked_at, activity.amount, is_transfer)


def _told(connection: Connection) -> dict[str, Told]:
    kept = json.loads(notes.read(connection, _TOLD) or "{}")
    return {
        name: Told(datetime.fromisoformat(at), Decimal(amount), is_transfer)
        for name, (at, amount, is_transfer) in kept.items()
    }


def _keep(connection: Connection, told: dict[str, Told]) -> None:
    kept = {
        name: (each.booked_at.isoformat(), format(each.amount, "f"), each.is_transfer)
        for name, each in told.items()
    }
    notes.write(connection, _TOLD, json.dumps(kept))

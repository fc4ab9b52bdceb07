"""The ids of events about fills and the account: the same, whoever makes the event again."""

from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from novalgo_common.events import derived_id


def of_fill(signal_id: UUID | None, order_id: str, cumulative: Decimal) -> UUID:
    """Return the id of a fill's `FillRecorded`; it has no signal where the trade was not ours."""
    return _of(signal_id, f"fill.{order_id}.{cumulative:f}")


def of_correction(signal_id: UUID | None, undoing_id: str, part: int) -> UUID:
    """Return the id of the `FillRecorded` of a fill as a correction has left it."""
    return _of(signal_id, f"corrected.{undoing_id}.{part}")


def of_account(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"novalgo.account.{name}")


def _of(signal_id: UUID | None, name: str) -> UUID:
    return derived_id(signal_id, name) if signal_id is not None else of_account(name)

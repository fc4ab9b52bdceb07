"""The id under which an order is known to the broker."""

from uuid import UUID

from novalgo_common.events import Leg


def client_order_id(signal_id: UUID, leg: Leg, part: int = 1) -> str:
    """Return the client order id: the same for the same signal, leg and part, at most 48 long.

    Being a pure function is what makes sending twice safe: the broker refuses an id it has seen.
    A leg has a second part only where it moves the netted position across zero.
    """
    return f"nv-{signal_id.hex}-{leg.value}" + (str(part) if part > 1 else "")

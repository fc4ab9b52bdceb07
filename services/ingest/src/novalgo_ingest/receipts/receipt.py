"""A receipt: a signal's way through the system, as `GET /signals` shows it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from novalgo_ingest.answers import number

STEPS = (
    "alert",
    "received",
    "stored",
    "published",
    "decided",
    "submitted",
    "filled",
    "written",
)
"""In the order in which they are shown where their times are equal."""


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    leg: str
    client_order_id: str
    status: str
    filled_quantity: Decimal
    filled_average_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    sequence: int
    signal_id: UUID
    action: str
    symbol: str
    timeframe: str
    ending: str | None
    reason: str | None
    detail: str | None
    channel: str | None
    """`webhook` or `e-mail`."""
    address: str | None
    secret: str | None
    """The name of the secret that the alert carried."""
    message: str | None
    """The alert as it came, in JSON, without what may be a secret."""
    warning: str | None
    """What was wrong with the alert though it was accepted."""
    price: Decimal | None
    comment: str | None
    orders: tuple[OrderLine, ...]
    steps: tuple[Step, ...]


def as_json(receipt: Receipt) -> dict[str, Any]:
    """Return the receipt as JSON values, its steps in the order of their times."""
    steps = sorted(receipt.steps, key=lambda step: (step.at, STEPS.index(step.step)))
    return {
        "signal_id": str(receipt.signal_id),
        "action": receipt.action,
        "symbol": receipt.symbol,
        "timeframe": receipt.timeframe,
        "ending": receipt.ending,
        "reason": receipt.reason,
        "detail": receipt.detail,
        "price": number(receipt.price),
        "comment": receipt.comment,
        "channel": receipt.channel,
        "address": receipt.address,
        "secret": receipt.secret,
        "message": receipt.message,
        "warning": receipt.warning,
        "orders": [_order(order) for order in receipt.orders],
        "steps": [{"step": step.step, "at": step.at.isoformat()} for step in steps],
    }


def _order(order: OrderLine) -> dict[str, Any]:
    return {
        "leg": order.leg,
        "client_order_id": order.client_order_id,
        "status": order.status,
        "filled_qty": number(order.filled_quantity),
        "filled_avg_price": number(order.filled_average_price),
    }

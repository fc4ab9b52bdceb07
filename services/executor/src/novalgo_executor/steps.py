"""What can be done next about a signal."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from novalgo_common.events import Ending, Leg, Reason
from novalgo_executor.broker import OrderRequest
from novalgo_executor.facts import Order


@dataclass(frozen=True, slots=True)
class End:
    """The signal has reached its ending."""

    ending: Ending
    reason: Reason | None = None
    detail: str = ""


OUTDATED = End(Ending.SUPERSEDED, Reason.NEWER_SIGNAL, "a newer signal came before its turn")


@dataclass(frozen=True, slots=True)
class Ask:
    """Find out about the asset, its quote, or the broker's position, and decide again."""

    asset: bool = False
    quote: bool = False
    position: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """Store this intent, then send it."""

    request: OrderRequest
    leg: Leg
    part: int
    leg_quantity: Decimal | None
    quote_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Send:
    """Send a stored intent that certainly never left."""

    order: Order


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find out by its id what became of an order."""

    order: Order


@dataclass(frozen=True, slots=True)
class CountFills:
    """Fetch the fills of an ended order that are not in the book yet."""

    order: Order


@dataclass(frozen=True, slots=True)
class Cancel:
    order: Order


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until there is news.

    `parked` waits, for the next session, leave the symbol's other signals free to go on.
    """

    parked: bool = False
    seconds: float | None = None
    """When to go on at the latest, also without news."""


Step: TypeAlias = End | Ask | Submit | Send | LookUp | CountFills | Cancel | Wait

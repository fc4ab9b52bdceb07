"""How Alpaca says no: documented status codes, codes and bodies.

Messages are quoted from recorded answers where there are any; the numeric code and the HTTP
status are the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from novalgo_simulator.broker.amount import plain

DUPLICATE_OR_INVALID = 40010001
FORBIDDEN = 40310000
NOT_FOUND = 40410000
UNPROCESSABLE = 42210000
TOO_MANY_REQUESTS = 42910000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that is not carried out; nothing has changed."""

    status: int
    message: str
    code: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, object]:
        code = {} if self.code is None else {"code": self.code}
        return {**code, "message": self.message, **self.details}


UNAUTHORIZED = Refusal(status=401, message="unauthorized.")
DATA_FORBIDDEN = Refusal(status=403, message="forbidden.")
RATE_LIMITED = Refusal(status=429, code=TOO_MANY_REQUESTS, message="rate limit exceeded")
ORDER_NOT_FOUND = Refusal(status=404, code=NOT_FOUND, message="order not found")
POSITION_NOT_FOUND = Refusal(status=404, code=NOT_FOUND, message="position does not exist")
NO_EXECUTION = Refusal(status=404, code=NOT_FOUND, message="the symbol has no execution")
DUPLICATE_CLIENT_ORDER_ID = Refusal(
    status=422, code=DUPLICATE_OR_INVALID, message="client_order_id must be unique"
)
FRACTIONAL_SHORT = Refusal(
    status=422, code=UNPROCESSABLE, message="fractional orders cannot be sold short"
)
SHORTING_NOT_ALLOWED = Refusal(
    status=403, code=FORBIDDEN, message="account is not allowed to short"
)
SHORT_WHILE_BUYING = Refusal(
    status=403,
    code=FORBIDDEN,
    message="cannot open a short sell while a long buy order is open",
)
BUY_WHILE_SHORTING = Refusal(
    status=403,
    code=FORBIDDEN,
    message="cannot open a long buy while a short sell order is open",
)
TOO_SMALL = Refusal(
    status=403, code=FORBIDDEN, message="cost basis must be >= minimal amount of order 1"
)


def invalid(message: str) -> Refusal:
    """A field is missing or cannot be read."""
    return Refusal(status=422, code=DUPLICATE_OR_INVALID, message=message)


def unprocessable(message: str) -> Refusal:
    """Each field can be read, and together they are not an order that Alpaca takes."""
    return Refusal(status=422, code=UNPROCESSABLE, message=message)


def asset_not_found(symbol: str) -> Refusal:
    return unprocessable(f'asset "{symbol}" not found')


def not_shortable(symbol: str) -> Refusal:
    return unprocessable(f'asset "{symbol}" cannot be sold short')


def intent_mismatch(inferred: str, specified: str) -> Refusal:
    return unprocessable(f"position intent mismatch, inferred: {inferred}, specified: {specified}")


def already_ended(status: str) -> Refusal:
    return unprocessable(f'order is already in "{status}" state')


def wash_trade(existing: UUID) -> Refusal:
    return Refusal(
        status=403,
        code=FORBIDDEN,
        message="potential wash trade detected. use complex orders",
        details={
            "existing_order_id": str(existing),
            "reject_reason": "opposite side market/stop order exists",
        },
    )


def insufficient_quantity(
    symbol: str, *, requested: Decimal, existing: Decimal, held: Decimal
) -> Refusal:
    """More was asked for than can be closed: the position less what open orders hold."""
    available = plain(existing - held)
    return Refusal(
        status=403,
        code=FORBIDDEN,
        message="insufficient qty available for order "
        f"(requested: {plain(requested)}, available: {available})",
        details={
            "symbol": symbol,
            "available": available,
            "existing_qty": plain(existing),
            "held_for_orders": plain(held),
        },
    )


def insufficient_buying_power(*, available: Decimal, cost_basis: Decimal) -> Refusal:
    return Refusal(
        status=403,
        code=FORBIDDEN,
        message="insufficient buying power",
        details={"buying_power": plain(available), "cost_basis": plain(cost_basis)},
    )

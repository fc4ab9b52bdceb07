"""What a client asks for in POST /v2/orders."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NoReturn, TypeVar

from novalgo_simulator.broker.amount import decimals
from novalgo_simulator.broker.errors import Refusal, invalid, unprocessable
from novalgo_simulator.broker.order import OrderType, PositionIntent, Side, TimeInForce

_Choice = TypeVar("_Choice", bound=StrEnum)
_UNREADABLE = Refusal(status=400, code=40010000, message="request body format is invalid")
_LARGEST = Decimal(1_000_000_000)


class _UnreadableError(Exception):
    """Carries the refusal out of the reading of a field."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    symbol: str
    side: Side
    type: OrderType = OrderType.MARKET
    time_in_force: TimeInForce = TimeInForce.DAY
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    client_order_id: str | None = None
    position_intent: PositionIntent | None = None
    extended_hours: bool = False


def parse(body: bytes) -> OrderRequest | Refusal:
    """Read an order; amounts may be JSON numbers or strings, as Alpaca takes both.

    Market and limit orders, day and gtc, are simulated; any other kind is refused.
    """
    try:
        fields = json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
        if not isinstance(fields, dict):
            return _UNREADABLE
        return _checked(_read(fields))
    except _UnreadableError as error:
        return error.refusal
    except (ValueError, RecursionError, InvalidOperation):
        return _UNREADABLE


def _refuse(constant: str) -> Decimal:
    raise ValueError(constant)


def _read(fields: dict[str, object]) -> OrderRequest:
    return OrderRequest(
        symbol=_text(fields, "symbol") or _missing("symbol"),
        side=_choice(fields, "side", Side) or _missing("side"),
        type=_choice(fields, "type", OrderType) or _missing("type"),
        time_in_force=_choice(fields, "time_in_force", TimeInForce) or _missing("time_in_force"),
        qty=_amount(fields, "qty"),
        notional=_amount(fields, "notional"),
        limit_price=_amount(fields, "limit_price"),
        client_order_id=_text(fields, "client_order_id"),
        position_intent=_choice(fields, "position_intent", PositionIntent),
        extended_hours=fields.get("extended_hours") is True,
    )


def _missing(name: str) -> NoReturn:
    raise _UnreadableError(invalid(f"{name} is required"))


def _text(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _UnreadableError(invalid(f"invalid {name} specified"))
    return value


def _choice(fields: dict[str, object], name: str, choices: type[_Choice]) -> _Choice | None:
    value = _text(fields, name)
    if value is None:
        return None
    try:
        return choices(value)
    except ValueError:
        raise _UnreadableError(invalid(f"invalid {name} specified")) from None


def _amount(fields: dict[str, object], name: str) -> Decimal | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise _UnreadableError(invalid(f"{name} must be a number")) from None
    if not amount.is_finite() or amount <= 0:
        raise _UnreadableError(unprocessable(f"{name} must be > 0"))
    if amount > _LARGEST:
        raise _UnreadableError(unprocessable(f"{name} is too large"))
    return amount


def _checked(request: OrderRequest) -> OrderRequest | Refusal:
    if request.qty is None and request.notional is None:
        return unprocessable("qty or notional is required")
    if request.qty is not None and request.notional is not None:
        return unprocessable("only one of qty or notional is accepted")
    if request.qty is not None and decimals(request.qty) > 9:
        return unprocessable("qty must be limited to 9 decimal places")
    if request.client_order_id is not None and len(request.client_order_id) > 128:
        return invalid("client_order_id must be no more than 128 characters")
    return _checked_price(request)


def _checked_price(request: OrderRequest) -> OrderRequest | Refusal:
    price, is_limit = request.limit_price, request.type is OrderType.LIMIT
    if is_limit and price is None:
        return unprocessable("limit orders require a limit price")
    if not is_limit and price is not None:
        return unprocessable("market orders require no stop or limit price")
    # Rule 612 of Regulation NMS: whole cents from a dollar up, four decimals below.
    if price is not None and decimals(price) > (2 if price >= 1 else 4):
        return unprocessable("limit price must be limited to 2 decimal places")
    if request.extended_hours and not is_limit:
        return unprocessable("extended hours order must be DAY or GTC limit orders")
    return request

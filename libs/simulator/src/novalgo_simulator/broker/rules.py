"""Which orders Alpaca refuses.  Pure: what is asked and what stands, in; a refusal or None, out.

Sources: Alpaca's OpenAPI document, its pages on orders, short sales and user protection, and
recorded refusals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from novalgo_simulator.broker import errors
from novalgo_simulator.broker.account import Valuation
from novalgo_simulator.broker.amount import ZERO, decimals, is_whole, shares_for
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import Order, OrderType, PositionIntent, Side, TimeInForce
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.market.assets import Asset
from novalgo_simulator.market.prices import Quote

SHORT_COLLAR = Decimal("1.03")
"""A short sale is charged at the ask and 3 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the decision depends on, at the moment of the request."""

    asset: Asset
    quote: Quote
    held: Decimal
    """The position, signed."""
    open_orders: tuple[Order, ...]
    """Those of the symbol."""
    valuation: Valuation


def inferred_intent(side: Side, held: Decimal) -> PositionIntent:
    if side is Side.BUY:
        return PositionIntent.BUY_TO_CLOSE if held < 0 else PositionIntent.BUY_TO_OPEN
    return PositionIntent.SELL_TO_CLOSE if held > 0 else PositionIntent.SELL_TO_OPEN


def quantity(request: OrderRequest, quote: Quote) -> Decimal:
    """Return the shares asked for; a dollar order's by the quote."""
    if request.qty is not None:
        return request.qty
    return shares_for(request.notional or ZERO, expected_price(request, quote))


def expected_price(request: OrderRequest, quote: Quote) -> Decimal:
    if request.limit_price is not None:
        return request.limit_price
    return quote.ask if request.side is Side.BUY else quote.bid


def reserve_price(request: OrderRequest, quote: Quote) -> Decimal:
    """Return what a share counts against the buying power."""
    price = expected_price(request, quote)
    return price if request.side is Side.BUY else max(price, quote.ask * SHORT_COLLAR)


def refusal(request: OrderRequest, standing: Standing) -> Refusal | None:
    """Return the first rule's refusal, or None where the order is accepted."""
    for rule in _RULES:
        refused = rule(request, standing)
        if refused is not None:
            return refused
    return None


def _inactive(request: OrderRequest, standing: Standing) -> Refusal | None:
    if standing.asset.active:
        return None
    return errors.unprocessable(f'asset "{request.symbol}" is not active')


def _fractional_short(request: OrderRequest, standing: Standing) -> Refusal | None:
    opens_short = request.side is Side.SELL and standing.held <= 0
    return errors.FRACTIONAL_SHORT if opens_short and _is_fractional(request) else None


def _fractional(request: OrderRequest, standing: Standing) -> Refusal | None:
    if not _is_fractional(request):
        return None
    if not standing.asset.fractionable:
        return errors.unprocessable(f'asset "{request.symbol}" is not fractionable')
    if request.time_in_force is not TimeInForce.DAY:
        return errors.unprocessable("fractional orders must be DAY orders")
    return None


def _notional(request: OrderRequest, standing: Standing) -> Refusal | None:
    if request.notional is None:
        return None
    if decimals(request.notional) > 2:
        return errors.unprocessable("notional value must be limited to 2 decimal places")
    if request.type is not OrderType.MARKET:
        return errors.unprocessable("notional orders must be market orders")
    return None


def _intent(request: OrderRequest, standing: Standing) -> Refusal | None:
    inferred = inferred_intent(request.side, standing.held)
    if request.position_intent in (None, inferred):
        return None
    return errors.intent_mismatch(inferred, str(request.position_intent))


def _opposite_order(request: OrderRequest, standing: Standing) -> Refusal | None:
    opposite = [order for order in standing.open_orders if order.side is not request.side]
    for order in opposite:
        if _could_meet(request, order):
            return errors.wash_trade(order.id)
    if opposite and inferred_intent(request.side, standing.held).opens:
        selling = request.side is Side.SELL
        return errors.SHORT_WHILE_BUYING if selling else errors.BUY_WHILE_SHORTING
    return None


def _could_meet(request: OrderRequest, order: Order) -> bool:
    if request.limit_price is None or order.limit_price is None:
        return True
    if request.side is Side.BUY:
        return request.limit_price >= order.limit_price
    return request.limit_price <= order.limit_price


def _crossing_zero(request: OrderRequest, standing: Standing) -> Refusal | None:
    if inferred_intent(request.side, standing.held).opens:
        return None
    closing = (order for order in standing.open_orders if order.side is request.side)
    held = sum((order.held_qty for order in closing), ZERO)
    requested = quantity(request, standing.quote)
    if requested <= abs(standing.held) - held:
        return None
    return errors.insufficient_quantity(
        request.symbol, requested=requested, existing=abs(standing.held), held=held
    )


def _shorting(request: OrderRequest, standing: Standing) -> Refusal | None:
    if inferred_intent(request.side, standing.held) is not PositionIntent.SELL_TO_OPEN:
        return None
    if not standing.valuation.may_short:
        return errors.SHORTING_NOT_ALLOWED
    asset = standing.asset
    if asset.shortable and not asset.easy_to_borrow and request.time_in_force != TimeInForce.DAY:
        return errors.unprocessable(
            f'only day orders are allowed for hard-to-borrow asset "{request.symbol}"'
        )
    # A hard-to-borrow share needs a locate, which is not simulated.
    borrowable = asset.shortable and asset.easy_to_borrow
    return None if borrowable else errors.not_shortable(request.symbol)


def _too_small(request: OrderRequest, standing: Standing) -> Refusal | None:
    if not _is_fractional(request):
        return None
    opens = inferred_intent(request.side, standing.held).opens
    closes_all = request.qty == abs(standing.held) and not opens
    dollars = request.notional or quantity(request, standing.quote) * expected_price(
        request, standing.quote
    )
    # A remainder worth less than a dollar can still be closed, else nobody could get rid of it.
    return errors.TOO_SMALL if dollars < 1 and not closes_all else None


def _buying_power(request: OrderRequest, standing: Standing) -> Refusal | None:
    if not inferred_intent(request.side, standing.held).opens:
        return None
    cost = request.notional or quantity(request, standing.quote) * reserve_price(
        request, standing.quote
    )
    available = standing.valuation.buying_power
    if cost <= available:
        return None
    return errors.insufficient_buying_power(available=available, cost_basis=cost)


def _is_fractional(request: OrderRequest) -> bool:
    return request.qty is None or not is_whole(request.qty)


_Rule: TypeAlias = Callable[[OrderRequest, Standing], Refusal | None]
_RULES: tuple[_Rule, ...] = (
    _inactive,
    _fractional_short,
    _fractional,
    _notional,
    _intent,
    _opposite_order,
    _crossing_zero,
    _shorting,
    _too_small,
    _buying_power,
)

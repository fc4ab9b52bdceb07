"""What the fills cost beside the prices that they should have met.  Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.execution.way import percentile
from novalgo_analytics.facts import OrderDone
from novalgo_common.events import Side

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSlippage:
    """Dollars lost against a reference price; negative where the fill was better."""

    order: OrderDone
    dollars: Decimal
    basis_points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slippage:
    """Of many orders.  Positive is a loss, negative a gain."""

    reference: str
    orders: int
    dollars: Decimal
    basis_points: float
    """Of the dollars that the orders should have cost, together."""
    median: float
    """Basis points, as the following."""
    p95: float
    worst: OrderSlippage


def against_alert(orders: Sequence[OrderDone]) -> Slippage | None:
    """Return the slippage against the price that the chart showed, or None where none gave it."""
    return _slippage("the alert's price", orders, lambda order: order.alert_price)


def against_quote(orders: Sequence[OrderDone]) -> Slippage | None:
    """Return the slippage against the quote at the submit."""
    return _slippage("the quote at submit", orders, lambda order: order.quote_price)


def of_order(order: OrderDone, reference: Decimal | None) -> OrderSlippage | None:
    """Return (fill - reference) for a buy, the reverse for a sale; in dollars and basis points.

    This is Perold's implementation shortfall (Journal of Portfolio Management, 1988) of what
    filled: docs/metrics.md.
    """
    if order.filled_price is None or not reference:
        return None
    worse = order.filled_price - reference
    if order.side is Side.SELL:
        worse = -worse
    return OrderSlippage(
        order=order,
        dollars=worse * order.filled_quantity,
        basis_points=float(worse / reference) * BASIS_POINTS,
    )


def _slippage(
    name: str, orders: Iterable[OrderDone], reference: Callable[[OrderDone], Decimal | None]
) -> Slippage | None:
    found = [slip for order in orders if (slip := of_order(order, reference(order))) is not None]
    if not found:
        return None
    points = sorted(slip.basis_points for slip in found)
    wanted = sum(
        ((reference(slip.order) or NONE) * slip.order.filled_quantity for slip in found), NONE
    )
    dollars = sum((slip.dollars for slip in found), NONE)
    return Slippage(
        reference=name,
        orders=len(found),
        dollars=dollars,
        basis_points=float(dollars / wanted) * BASIS_POINTS,
        median=percentile(points, 0.5),
        p95=percentile(points, 0.95),
        worst=max(found, key=lambda slip: slip.basis_points),
    )

"""What the fills cost beside the prices that they should have met.  Pure."""

from array import array
from collections.abc import Callable
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


class Slippages:
    """The slippage of many orders against each reference; one number is kept of each order."""

    def __init__(self) -> None:
        self._against = (
            _Against("the quote at submit", lambda order: order.quote_price),
            _Against("the alert's price", lambda order: order.alert_price),
        )

    def add(self, order: OrderDone) -> None:
        for each in self._against:
            each.add(order)

    def found(self) -> tuple[Slippage, ...]:
        """Return a slippage for each reference that some order has."""
        every = (each.found() for each in self._against)
        return tuple(slippage for slippage in every if slippage is not None)


class _Against:
    """Of the orders that have this reference price."""

    def __init__(self, name: str, reference: Callable[[OrderDone], Decimal | None]) -> None:
        self._name = name
        self._reference = reference
        self._points = array("d")
        self._dollars = NONE
        self._wanted = NONE
        self._worst: OrderSlippage | None = None

    def add(self, order: OrderDone) -> None:
        reference = self._reference(order)
        slip = of_order(order, reference)
        if slip is None or reference is None:
            return
        self._points.append(slip.basis_points)
        self._dollars += slip.dollars
        self._wanted += reference * order.filled_quantity
        if self._worst is None or slip.basis_points > self._worst.basis_points:
            self._worst = slip

    def found(self) -> Slippage | None:
        if self._worst is None:
            return None
        ordered = sorted(self._points)
        return Slippage(
            reference=self._name,
            orders=len(ordered),
            dollars=self._dollars,
            basis_points=float(self._dollars / self._wanted) * BASIS_POINTS,
            median=percentile(ordered, 0.5),
            p95=percentile(ordered, 0.95),
            worst=self._worst,
        )

"""Orders, fills and standings of a simulated account, ordinary unless told otherwise."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from novalgo_simulator.broker.account import Valuation
from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.exchange import Moment, accept
from novalgo_simulator.broker.order import Fill, Order, Side, Status
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.rules import Standing
from novalgo_simulator.market.assets import Asset
from novalgo_simulator.market.prices import Quote

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
ORDER_ID = UUID(int=1)
QUOTE = Quote(Decimal("100.00"))
RICH = Valuation(cash=Decimal(100_000), long_value=ZERO, short_value=ZERO)


def a_request(**changes: Any) -> OrderRequest:
    """A market order to buy 10 AAPL today."""
    asked = {"symbol": "AAPL", "side": Side.BUY, "qty": Decimal(10), **changes}
    if "notional" in changes:
        asked["qty"] = None
    return OrderRequest(**asked)


def standing(
    *,
    held: int | str = 0,
    open_orders: tuple[Order, ...] = (),
    asset: Asset | None = None,
    valuation: Valuation = RICH,
) -> Standing:
    return Standing(
        asset=asset or Asset(symbol="AAPL"),
        quote=QUOTE,
        held=Decimal(held),
        open_orders=open_orders,
        valuation=valuation,
    )


def an_order(*, held: int | str = 0, is_open: bool = True, **changes: Any) -> Order:
    """The order that an accepted request becomes."""
    change = accept(
        a_request(**changes),
        standing(held=held),
        order_id=ORDER_ID,
        sequence=1,
        at=NOON,
        is_open=is_open,
        expiry=None,
    )
    return change.order


def a_moment(**changes: Any) -> Moment:
    """An open market at 100.00, in which orders fill whole."""
    ordinary = {"at": NOON, "quote": QUOTE, "is_open": True, "execution_id": UUID(int=2)}
    return Moment(**{**ordinary, **changes})


def a_fill(signed_qty: int | str, price: int | str = 100, *, symbol: str = "AAPL") -> Fill:
    qty = Decimal(signed_qty)
    return Fill(
        execution_id=uuid5(ORDER_ID, f"{symbol} {signed_qty} {price}"),
        order_id=ORDER_ID,
        symbol=symbol,
        side=Side.BUY if qty > 0 else Side.SELL,
        opens_short=False,
        qty=abs(qty),
        price=Decimal(price),
        cum_qty=abs(qty),
        leaves_qty=ZERO,
        order_status=Status.FILLED,
        at=NOON,
    )

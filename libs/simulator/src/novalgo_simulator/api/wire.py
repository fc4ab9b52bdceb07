"""Values as Alpaca writes them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from novalgo_simulator.broker.amount import SMALLEST_QUANTITY, plain, ratio
from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.order import Change, Fill, Order
from novalgo_simulator.market.assets import Asset, find_asset
from novalgo_simulator.market.session import NEW_YORK

Json = dict[str, object]


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def order_json(order: Order) -> Json:
    """Return the order by the schema `Order`."""
    asset = find_asset(order.symbol) or Asset(symbol=order.symbol)
    ends = {} if order.expires_at is None else {"expires_at": moment(order.expires_at)}
    return {
        "id": str(order.id),
        "client_order_id": order.client_order_id,
        "created_at": moment(order.created_at),
        "updated_at": moment(order.updated_at),
        "submitted_at": moment(order.created_at),
        "filled_at": _moment(order.filled_at),
        "expired_at": _moment(order.expired_at),
        "canceled_at": _moment(order.canceled_at),
        "failed_at": _moment(order.failed_at),
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "asset_id": str(asset.id),
        "symbol": order.symbol,
        "asset_class": "us_equity",
        "notional": _amount(order.notional),
        "qty": _amount(order.qty),
        "filled_qty": plain(order.filled_qty),
        "filled_avg_price": _amount(order.filled_avg_price),
        "order_class": "",
        "order_type": order.type.value,
        "type": order.type.value,
        "side": order.side.value,
        "time_in_force": order.time_in_force.value,
        "limit_price": _amount(order.limit_price),
        "stop_price": None,
        "status": order.status.value,
        "extended_hours": order.extended_hours,
        "legs": None,
        "trail_percent": None,
        "trail_price": None,
        "hwm": None,
        "position_intent": order.position_intent.value,
        **ends,
    }


def update_json(change: Change, held: Decimal) -> Json:
    """Return a trade update; `held` is the signed position after it."""
    data: Json = {
        "event": change.event,
        "timestamp": moment(change.at),
        "order": order_json(change.order),
        "execution_id": str(_event_id(change)),
    }
    if change.fill is not None:
        data["price"] = plain(change.fill.price)
        data["qty"] = plain(change.fill.qty)
        data["position_qty"] = plain(held)
    return {"stream": "trade_updates", "data": data}


def activity_id(activity: Fill | CashActivity) -> str:
    """Return the activity's id, whose first half is New York's local time, as Alpaca's is."""
    local = activity.at.astimezone(NEW_YORK)
    own = activity.execution_id if isinstance(activity, Fill) else activity.id
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}::{own}"


def activity_json(fill: Fill) -> Json:
    """Return the fill by the schema `TradingActivities`."""
    side = "sell_short" if fill.opens_short else fill.side.value
    return {
        "id": activity_id(fill),
        "activity_type": "FILL",
        "transaction_time": moment(fill.at),
        "type": "fill" if fill.order_status.is_final else "partial_fill",
        "price": plain(fill.price),
        "qty": plain(fill.qty),
        "side": side,
        "symbol": fill.symbol,
        "leaves_qty": plain(fill.leaves_qty),
        "order_id": str(fill.order_id),
        "cum_qty": plain(fill.cum_qty),
        "order_status": fill.order_status.value,
    }


def cash_json(activity: CashActivity) -> Json:
    """Return the activity by the schema `NonTradeActivities`."""
    of = {} if activity.symbol is None else {"symbol": activity.symbol}
    return {
        "id": activity_id(activity),
        "activity_type": activity.activity_type,
        "date": activity.at.astimezone(NEW_YORK).date().isoformat(),
        "created_at": moment(activity.at),
        "net_amount": plain(activity.cash),
        "currency": "USD",
        "status": "executed",
        **of,
    }


def asset_json(asset: Asset) -> Json:
    """Return the asset by the schema `Assets`."""
    return {
        "id": str(asset.id),
        "class": "us_equity",
        "exchange": asset.exchange,
        "symbol": asset.symbol,
        "name": asset.name,
        "status": "active" if asset.active else "inactive",
        "tradable": asset.active,
        "marginable": asset.active,
        "maintenance_margin_requirement": 30,
        "margin_requirement_long": "30",
        "margin_requirement_short": "30",
        "shortable": asset.active and asset.shortable,
        "easy_to_borrow": asset.active and asset.easy_to_borrow,
        "borrow_status": "easy_to_borrow" if asset.easy_to_borrow else "hard_to_borrow",
        "fractionable": asset.active and asset.fractionable,
        "attributes": ["fractional_eh_enabled"] if asset.fractionable else [],
    }


def average(total: Decimal, count: Decimal) -> str:
    return plain(ratio(total, count))


def rounded(amount: Decimal) -> str:
    """Return a derived amount to nine decimals, where exactness would need endless ones."""
    return plain(amount.quantize(SMALLEST_QUANTITY))


def _event_id(change: Change) -> UUID:
    if change.fill is not None:
        return change.fill.execution_id
    return uuid5(change.order.id, f"{change.event} {moment(change.at)}")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)

"""A position by the schema `Position`."""

from novalgo_simulator.api.wire import Json, rounded
from novalgo_simulator.broker.account import Position
from novalgo_simulator.broker.amount import ZERO, plain, ratio
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.assets import Asset, find_asset


def position_json(position: Position, venue: Venue) -> Json:
    """Return the position at this moment's price; exact figures to nine decimals."""
    at = venue.clock()
    asset = find_asset(position.symbol) or Asset(symbol=position.symbol)
    price = venue.quote(position.symbol, at).last
    day_began = venue.session.last_close(at)
    lastday = venue.quote(position.symbol, day_began).last
    value = position.qty * price
    profit = value - position.cost
    bought_today = position.opened_at >= day_began
    basis_today = position.cost if bought_today else position.qty * lastday
    closing = (
        order
        for order in venue.ledger.open_orders(position.symbol)
        if not order.position_intent.opens
    )
    held_for_orders = sum((order.held_qty for order in closing), ZERO)
    available = (abs(position.qty) - held_for_orders).copy_sign(position.qty)
    return {
        "asset_id": str(asset.id),
        "symbol": position.symbol,
        "exchange": asset.exchange,
        "asset_class": "us_equity",
        "asset_marginable": True,
        "qty": plain(position.qty),
        "qty_available": plain(available),
        "avg_entry_price": rounded(position.avg_entry_price),
        "side": "long" if position.qty > 0 else "short",
        "market_value": plain(value),
        "cost_basis": rounded(position.cost),
        "unrealized_pl": rounded(profit),
        "unrealized_plpc": plain(ratio(profit, abs(position.cost))),
        "unrealized_intraday_pl": rounded(value - basis_today),
        "unrealized_intraday_plpc": plain(ratio(value - basis_today, abs(basis_today))),
        "current_price": plain(price),
        "lastday_price": plain(lastday),
        "change_today": plain(ratio(price - lastday, lastday)),
    }

"""/v2beta1/events/activities: what happened in the account, with what was undone, and splits."""

import json
from datetime import datetime
from decimal import Decimal

from fastapi import APIRouter
from fastapi.responses import Response

from novalgo_simulator.api.answers import moment_of, refused
from novalgo_simulator.api.wire import Json, moment
from novalgo_simulator.broker.amount import plain
from novalgo_simulator.broker.errors import invalid
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.order import Fill, Movement, Split, Undoing
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.assets import Asset, find_asset

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def events_router(venue: Venue) -> APIRouter:
    """Only the bounded query is simulated: with `until`, the stream ends by itself."""
    router = APIRouter(prefix="/v2beta1/events")

    @router.get("/activities")
    async def activities(since: str | None = None, until: str | None = None) -> Response:
        try:
            first, last = moment_of(since), moment_of(until)
        except ValueError:
            return refused(invalid("invalid query parameter"))
        if first is None or last is None:
            return refused(invalid("since and until are required"))
        lines = [
            f"data: {json.dumps(event)}\n\n"
            for number, movement in enumerate(venue.ledger.movements)
            if first <= movement.at <= last
            for event in [_event(movement, number, venue.ledger)]
        ]
        return Response("".join(lines), media_type="text/event-stream")

    return router


def _event(movement: Movement, number: int, ledger: Ledger) -> Json:
    """Return a movement by the schema `ActivityEventV2`."""
    common = {
        "event_id": _ulid(movement.at, number),
        "at": moment(movement.at),
        "executed_at": moment(movement.at),
        "settle_date": movement.at.date().isoformat(),
        "currency": "USD",
    }
    match movement:
        case Fill():
            return {**common, "status": "executed", **_trade(movement, "fill", ledger)}
        case Undoing(corrected=None):
            own = {"status": "canceled", "ref_id": str(movement.id)}
            trade = _trade(movement.undone, "trade_bust", ledger)
            previous = {"previous_id": str(movement.undone.execution_id)}
            return {**common, **trade, **own, **previous}
        case Undoing(corrected=Fill() as corrected):
            trade = _trade(corrected, "trade_correct", ledger)
            previous = {"previous_id": str(movement.undone.execution_id)}
            return {**common, "status": "correct", **trade, **previous}
        case Split():
            return {**common, "status": "executed", **_split(movement)}
    raise AssertionError(movement)


def _trade(fill: Fill, execution_type: str, ledger: Ledger) -> Json:
    return {
        "activity_type": "FILL",
        "ref_id": str(fill.execution_id),
        "qty": plain(fill.qty),
        "price": plain(fill.price),
        "details": {
            "order_id": str(fill.order_id),
            "client_order_id": ledger.orders[fill.order_id].client_order_id,
            "asset_id": str(_asset(fill.symbol).id),
            "symbol": fill.symbol,
            "side": fill.side.value,
            "cum_qty": plain(fill.cum_qty),
            "leaves_qty": plain(fill.leaves_qty),
            "order_status": fill.order_status.value,
            "execution_type": execution_type,
        },
    }


def _split(split: Split) -> Json:
    new_rate, old_rate = split.ratio.as_integer_ratio()
    return {
        "activity_type": "SPLIT",
        "activity_subtype": "FSPLIT" if split.ratio > 1 else "RSPLIT",
        "ref_id": str(split.id),
        "qty": plain(split.held * split.ratio - split.fraction - split.held),
        "details": {
            "symbol": split.symbol,
            "system_date": split.at.date().isoformat(),
            "position_date": split.at.date().isoformat(),
            "old_cusip": "",
            "new_cusip": "",
            "old_rate": plain(Decimal(old_rate)),
            "new_rate": plain(Decimal(new_rate)),
            "old_qty": plain(split.held),
            "new_qty": plain(split.held * split.ratio - split.fraction),
        },
    }


def _asset(symbol: str) -> Asset:
    return find_asset(symbol) or Asset(symbol=symbol)


def _ulid(at: datetime, number: int) -> str:
    """Return an id that sorts as the events do."""
    value = (int(at.timestamp() * 1000) << 80) | number
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))

"""/v2/positions"""

from decimal import Decimal, InvalidOperation

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.answers import order_answer, refused
from novalgo_simulator.api.position_json import position_json
from novalgo_simulator.api.wire import Json, order_json
from novalgo_simulator.broker.account import Position
from novalgo_simulator.broker.errors import POSITION_NOT_FOUND, Refusal, invalid
from novalgo_simulator.broker.order import Order
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.assets import Asset, find_asset


def positions_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2/positions")

    @router.get("")
    async def listed() -> Response:
        positions = sorted(venue.ledger.positions.values(), key=lambda found: found.symbol)
        return JSONResponse([position_json(position, venue) for position in positions])

    @router.get("/{symbol_or_id}")
    async def one(symbol_or_id: str) -> Response:
        position = _find(venue, symbol_or_id)
        if position is None:
            return refused(POSITION_NOT_FOUND)
        return JSONResponse(position_json(position, venue))

    @router.delete("")
    async def close_all(cancel_orders: bool = False) -> Response:
        if cancel_orders:
            venue.cancel_at_once()
        rows = [_row(symbol, venue.close(symbol)) for symbol in sorted(venue.ledger.positions)]
        return JSONResponse(rows, status_code=207)

    @router.delete("/{symbol_or_id}")
    async def close(
        symbol_or_id: str, qty: str | None = None, percentage: str | None = None
    ) -> Response:
        position = _find(venue, symbol_or_id)
        if position is None:
            return refused(POSITION_NOT_FOUND)
        try:
            return order_answer(_closed(venue, position, qty, percentage))
        except InvalidOperation:
            return refused(invalid("qty or percentage is not a number"))

    return router


def _find(venue: Venue, symbol_or_id: str) -> Position | None:
    held = venue.ledger.positions
    if symbol_or_id in held:
        return held[symbol_or_id]
    by_id = (found for found in held.values() if str(_asset(found).id) == symbol_or_id)
    return next(by_id, None)


def _asset(position: Position) -> Asset:
    return find_asset(position.symbol) or Asset(symbol=position.symbol)


def _closed(
    venue: Venue, position: Position, qty: str | None, percentage: str | None
) -> Order | Refusal:
    if qty is not None:
        return venue.close_quantity(position.symbol, Decimal(qty))
    return venue.close(position.symbol, Decimal(percentage or 100) / 100)


def _row(symbol: str, outcome: Order | Refusal) -> Json:
    if isinstance(outcome, Refusal):
        return {"symbol": symbol, "status": outcome.status, "body": outcome.body}
    return {"symbol": symbol, "status": 200, "body": order_json(outcome)}

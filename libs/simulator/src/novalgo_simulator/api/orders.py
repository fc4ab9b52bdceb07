"""/v2/orders"""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.answers import order_answer, refused, uuid_of
from novalgo_simulator.api.order_filter import OrderFilter
from novalgo_simulator.api.wire import order_json
from novalgo_simulator.broker.errors import ORDER_NOT_FOUND, Refusal, invalid
from novalgo_simulator.broker.order_request import parse
from novalgo_simulator.broker.venue import Venue


def orders_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2")

    @router.post("/orders")
    async def place(request: Request) -> Response:
        asked = parse(await request.body())
        return refused(asked) if isinstance(asked, Refusal) else order_answer(venue.place(asked))

    @router.get("/orders")
    async def listed(request: Request) -> Response:
        try:
            found = OrderFilter.of(request.query_params).select(venue.ledger)
        except ValueError:
            return refused(invalid("invalid query parameter"))
        return JSONResponse([order_json(order) for order in found])

    @router.delete("/orders")
    async def cancel_all() -> Response:
        rows = []
        for order in venue.ledger.open_orders():
            venue.cancel(order.id)
            rows.append({"id": str(order.id), "status": 200})
        return JSONResponse(rows, status_code=207)

    @router.get("/orders:by_client_order_id")
    async def by_client_order_id(client_order_id: str = "") -> Response:
        return order_answer(venue.ledger.by_client_order_id(client_order_id) or ORDER_NOT_FOUND)

    @router.get("/orders/{order_id}")
    async def one(order_id: str) -> Response:
        found = uuid_of(order_id)
        if found is None:
            return refused(invalid(f"order_id is invalid: {order_id[:64]}"))
        return order_answer(venue.ledger.orders.get(found) or ORDER_NOT_FOUND)

    @router.delete("/orders/{order_id}")
    async def cancel(order_id: str) -> Response:
        found = uuid_of(order_id)
        outcome = ORDER_NOT_FOUND if found is None else venue.cancel(found)
        return refused(outcome) if isinstance(outcome, Refusal) else Response(status_code=204)

    return router

"""/sim: the exact truth about the account, and a hand on the market, for demos and tests."""

from decimal import Decimal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from novalgo_simulator.api.answers import order_answer, refused
from novalgo_simulator.api.request_counts import RequestCounts
from novalgo_simulator.api.wire import Json, activity_json, cash_json, order_json
from novalgo_simulator.broker.amount import ZERO, plain
from novalgo_simulator.broker.errors import NO_EXECUTION
from novalgo_simulator.broker.lots import Lots
from novalgo_simulator.broker.order import Side, Undoing
from novalgo_simulator.broker.order_request import OrderRequest
from novalgo_simulator.broker.venue import Venue


class _Control(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Market(_Control):
    """Stop or start the walk of prices, or take it some steps further."""

    frozen: bool | None = None
    advance: int = Field(0, ge=0)


class Price(_Control):
    """Hold a symbol's price; null lets it go."""

    symbol: str
    price: Decimal | None = Field(gt=0, decimal_places=2)


class SessionState(_Control):
    """Open or close the market whatever the time is; null gives it back to the session."""

    open: bool | None


class ManualTrade(_Control):
    """Somebody trades by hand, in the same account."""

    symbol: str
    side: Side
    qty: Decimal = Field(gt=0)


class Bust(_Control):
    """The exchange undoes the newest execution of a symbol."""

    symbol: str


class Correction(_Control):
    """The exchange gives the newest execution of a symbol another price or quantity."""

    symbol: str
    price: Decimal | None = Field(None, gt=0)
    qty: Decimal | None = Field(None, gt=0)


class Cash(_Control):
    """Cash comes or goes without a trade, as one of Alpaca's non-trade activities."""

    activity_type: str = Field(pattern="^[A-Z]+$")
    net_amount: Decimal
    symbol: str | None = None


class SplitShares(_Control):
    """`ratio` new shares for each old one."""

    symbol: str
    ratio: Decimal = Field(gt=0)


def control_router(venue: Venue, requests: RequestCounts) -> APIRouter:
    router = APIRouter(prefix="/sim")

    @router.get("/account")
    async def account() -> Response:
        return JSONResponse(_truth(venue))

    @router.post("/market")
    async def market(asked: Market) -> Response:
        at, tape = venue.clock(), venue.tape
        if asked.frozen is not None:
            tape = tape.frozen(at) if asked.frozen else tape.thawed(at)
        venue.change_tape(tape.advanced(asked.advance))
        frozen = venue.tape.frozen_at is not None
        return JSONResponse({"step": venue.tape.step(at), "frozen": frozen})

    @router.post("/price")
    async def price(asked: Price) -> Response:
        venue.change_tape(venue.tape.with_price(asked.symbol, asked.price))
        return JSONResponse({"symbol": asked.symbol, "price": _price(venue, asked.symbol)})

    @router.post("/session")
    async def session(asked: SessionState) -> Response:
        venue.change_tape(venue.tape.with_session(asked.open))
        return JSONResponse({"open": venue.is_open(venue.clock())})

    @router.post("/manual-trade")
    async def manual_trade(asked: ManualTrade) -> Response:
        request = OrderRequest(symbol=asked.symbol, side=asked.side, qty=asked.qty)
        return order_answer(venue.place(request))

    @router.post("/bust")
    async def bust(asked: Bust) -> Response:
        return _undone(venue.bust(asked.symbol))

    @router.post("/correct")
    async def correct(asked: Correction) -> Response:
        return _undone(venue.correct(asked.symbol, asked.price, asked.qty))

    @router.post("/split")
    async def split(asked: SplitShares) -> Response:
        venue.split(asked.symbol, asked.ratio)
        held = plain(venue.ledger.held(asked.symbol))
        return JSONResponse({"symbol": asked.symbol, "qty": held})

    @router.post("/cash")
    async def cash(asked: Cash) -> Response:
        booked = venue.move_cash(asked.activity_type, asked.net_amount, asked.symbol)
        return JSONResponse(cash_json(booked))

    @router.get("/requests")
    async def counted() -> Response:
        return JSONResponse(requests.all_of_them())

    return router


def _undone(undoing: Undoing | None) -> Response:
    if undoing is None:
        return refused(NO_EXECUTION)
    corrected = activity_json(undoing.corrected) if undoing.corrected else None
    return JSONResponse({"undone": activity_json(undoing.undone), "corrected": corrected})


def _truth(venue: Venue) -> Json:
    """`cash + value of what is held = equity`, and exactly so
    `equity = starting_cash + cash_activities + realised + unrealised`.

    The profit is first in, first out, kept apart from the positions' average prices.
    """
    ledger, worth = venue.ledger, venue.valuation()
    prices = {symbol: venue.quote(symbol).last for symbol in ledger.lots}
    unrealised = {symbol: lots.unrealised(prices[symbol]) for symbol, lots in ledger.lots.items()}
    realised = sum((lots.realised for lots in ledger.lots.values()), ZERO)
    return {
        "starting_cash": plain(ledger.starting_cash),
        "cash_activities": plain(sum((each.cash for each in ledger.cash_activities), ZERO)),
        "cash": plain(worth.cash),
        "equity": plain(worth.equity),
        "realised": plain(realised),
        "unrealised": plain(sum(unrealised.values(), ZERO)),
        "symbols": {
            symbol: _symbol(lots, prices[symbol], ledger.held(symbol))
            for symbol, lots in ledger.lots.items()
        },
        "positions": {symbol: plain(found.qty) for symbol, found in ledger.positions.items()},
        "orders": [order_json(order) for order in ledger.orders.values()],
        "fills": [activity_json(fill) for fill in ledger.fills],
        "orders_posted": venue.orders_posted,
    }


def _symbol(lots: Lots, price: Decimal, held: Decimal) -> Json:
    return {
        "qty": plain(held),
        "price": plain(price),
        "realised": plain(lots.realised),
        "unrealised": plain(lots.unrealised(price)),
    }


def _price(venue: Venue, symbol: str) -> str:
    return plain(venue.quote(symbol).last)

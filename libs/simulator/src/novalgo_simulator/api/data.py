"""/v2/stocks: quotes, trades, snapshots and bars.  Amounts are JSON numbers here, by Alpaca."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import QueryParams

from novalgo_simulator.api.answers import moment_of, refused
from novalgo_simulator.api.wire import Json, moment
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.assets import find_asset
from novalgo_simulator.market.bars import DAY, Bar, Span, bar, spans, timeframe_of
from novalgo_simulator.market.session import NEW_YORK

_SHARES = 100  # every quote's size and every trade's


def data_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2/stocks")

    @router.get("/quotes/latest")
    async def quotes(symbols: str = "") -> Response:
        found = {symbol: _quote(venue, symbol) for symbol in _known(symbols)}
        return JSONResponse({"quotes": found, "currency": "USD"})

    @router.get("/trades/latest")
    async def trades(symbols: str = "") -> Response:
        found = {symbol: _trade(venue, symbol) for symbol in _known(symbols)}
        return JSONResponse({"trades": found, "currency": "USD"})

    @router.get("/snapshots")
    async def snapshots(symbols: str = "") -> Response:
        return JSONResponse({symbol: _snapshot(venue, symbol) for symbol in _known(symbols)})

    @router.get("/bars")
    async def bars(request: Request) -> Response:
        try:
            # Thousands of bars are seconds of computing.
            return JSONResponse(await asyncio.to_thread(_bars, venue, request.query_params))
        except ValueError as error:
            return refused(Refusal(status=400, message=str(error)))

    return router


def _known(symbols: str) -> list[str]:
    """Return the symbols that exist; Alpaca leaves the others out of its answer."""
    return [symbol for symbol in symbols.split(",") if find_asset(symbol) is not None]


def _quote(venue: Venue, symbol: str) -> Json:
    at = venue.clock()
    quote = venue.quote(symbol, at)
    return {
        "t": moment(at),
        "ap": float(quote.ask),
        "as": _SHARES,
        "ax": "V",
        "bp": float(quote.bid),
        "bs": _SHARES,
        "bx": "V",
        "c": ["R"],
        "z": "C",
    }


def _trade(venue: Venue, symbol: str) -> Json:
    at = venue.clock()
    return {
        "t": moment(at),
        "i": int(at.timestamp() * 1000),
        "p": float(venue.quote(symbol, at).last),
        "s": _SHARES,
        "x": "V",
        "c": ["@"],
        "z": "C",
    }


def _snapshot(venue: Venue, symbol: str) -> Json:
    at = venue.clock()
    minute = at.replace(second=0, microsecond=0)
    days = list(spans(venue.session, DAY, at - timedelta(days=10), at))
    return {
        "latestTrade": _trade(venue, symbol),
        "latestQuote": _quote(venue, symbol),
        "minuteBar": _bar_json(venue, symbol, Span(minute, minute, at)),
        "dailyBar": _bar_json(venue, symbol, days[-1]),
        "prevDailyBar": _bar_json(venue, symbol, days[-2]),
    }


def _bars(venue: Venue, query: QueryParams) -> Json:
    """Return a page of bars, by symbol and then by time; the token counts what came before."""
    limit = int(query.get("limit", "1000"))
    skipped = int(query.get("page_token", "0"))
    if not 1 <= limit <= 10_000 or skipped < 0:
        raise ValueError("limit must be from 1 to 10000")
    wanted = islice(_wanted(venue, query), skipped, None)
    page: dict[str, list[Json]] = {}
    for symbol, span in islice(wanted, limit):
        page.setdefault(symbol, []).append(_bar_json(venue, symbol, span))
    more = next(wanted, None) is not None
    token = str(skipped + limit) if more else None
    return {"bars": page, "currency": "USD", "next_page_token": token}


def _wanted(venue: Venue, query: QueryParams) -> Iterator[tuple[str, Span]]:
    now = venue.clock()
    length = timeframe_of(query.get("timeframe", "1Day"))
    end = min(moment_of(query.get("end")) or now, now)
    start = moment_of(query.get("start")) or _midnight(now)
    found = list(spans(venue.session, length, start, end)) if query.get("sort") == "desc" else None
    for symbol in _known(query.get("symbols", "")):
        ordered = found[::-1] if found else spans(venue.session, length, start, end)
        yield from ((symbol, span) for span in ordered)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)


def _bar_json(venue: Venue, symbol: str, span: Span) -> Json:
    tape, prices = venue.tape, venue.prices
    now = max(venue.clock(), span.first)
    found = bar(span, lambda at: prices.price(symbol, tape.step(at)), now)
    return _bar(found)


def _bar(found: Bar) -> Json:
    return {
        "t": moment(found.start),
        "o": float(found.open),
        "h": float(found.high),
        "l": float(found.low),
        "c": float(found.close),
        "v": _SHARES * 100,
        "n": 100,
        "vw": float(found.average),
    }

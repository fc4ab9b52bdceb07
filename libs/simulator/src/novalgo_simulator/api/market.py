"""/v2/clock, /v2/calendar and /v2/assets"""

from datetime import date, datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.answers import refused
from novalgo_simulator.api.wire import Json, asset_json
from novalgo_simulator.broker.errors import NOT_FOUND, Refusal, invalid
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.assets import TRAITS, find_asset
from novalgo_simulator.market.session import NEW_YORK, TradingDay

_LONGEST_CALENDAR = timedelta(days=3660)


def market_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2")

    @router.get("/clock")
    async def clock() -> Response:
        return JSONResponse(_clock(venue))

    @router.get("/calendar")
    async def calendar(start: str | None = None, end: str | None = None) -> Response:
        today = venue.clock().astimezone(NEW_YORK).date()
        try:
            first = date.fromisoformat(start[:10]) if start else today - timedelta(days=365)
            last = date.fromisoformat(end[:10]) if end else today + timedelta(days=28)
        except ValueError:
            return refused(invalid("start and end must be dates"))
        last = min(last, first + _LONGEST_CALENDAR)
        return JSONResponse([_day(day) for day in venue.session.days(first, last)])

    @router.get("/assets")
    async def assets(status: str | None = None) -> Response:
        rows = [asset_json(asset) for asset in TRAITS.values()]
        return JSONResponse([row for row in rows if status in (None, row["status"])])

    @router.get("/assets/{symbol_or_id}")
    async def asset(symbol_or_id: str) -> Response:
        by_id = (known for known in TRAITS.values() if str(known.id) == symbol_or_id)
        found = find_asset(symbol_or_id) or next(by_id, None)
        if found is None:
            message = f"asset not found for {symbol_or_id[:64]}"
            return refused(Refusal(status=404, code=NOT_FOUND, message=message))
        return JSONResponse(asset_json(found))

    return router


def _clock(venue: Venue) -> Json:
    at = venue.clock()
    return {
        "timestamp": _local(at),
        "is_open": venue.is_open(at),
        "next_open": _local(venue.session.next_open(at)),
        "next_close": _local(venue.session.next_close(at)),
    }


def _local(at: datetime) -> str:
    return at.astimezone(NEW_YORK).isoformat()


def _day(day: TradingDay) -> Json:
    return {
        "date": day.date.isoformat(),
        "open": f"{day.open:%H:%M}",
        "close": f"{day.close:%H:%M}",
        "session_open": "0400",
        "session_close": "2000",
        "settlement_date": (day.date + timedelta(days=1)).isoformat(),
    }

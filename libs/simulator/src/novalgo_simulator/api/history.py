"""/v2/account/portfolio/history"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.answers import moment_of, refused
from novalgo_simulator.api.wire import Json
from novalgo_simulator.broker.amount import ratio
from novalgo_simulator.broker.errors import invalid
from novalgo_simulator.broker.history import equity_curve
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.session import NEW_YORK, Session

_DAYS_IN = {"D": 1, "W": 7, "M": 31, "A": 366, "Y": 366}
_LENGTHS = {
    "1Min": timedelta(minutes=1),
    "5Min": timedelta(minutes=5),
    "15Min": timedelta(minutes=15),
    "1H": timedelta(hours=1),
    "1D": timedelta(days=1),
}
_LONGEST_INTRADAY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The windows of time that a history has a point for, since the account was opened."""

    start: datetime
    end: datetime
    timeframe: str

    def starts(self, session: Session) -> Iterator[datetime]:
        """Yield the beginning of each window in which the market was open."""
        if self.timeframe == "1D":
            yield from self._days(session)
            return
        length = _LENGTHS[self.timeframe]
        at = self.start - timedelta(seconds=self.start.timestamp() % length.total_seconds())
        while at < self.end:
            if session.is_open(at):
                yield at
            at += length

    def end_of(self, start: datetime) -> datetime:
        return min(start + _LENGTHS[self.timeframe], self.end)

    def _days(self, session: Session) -> Iterator[datetime]:
        first, last = (at.astimezone(NEW_YORK).date() for at in (self.start, self.end))
        for day in session.days(first, last):
            yield datetime.combine(day.date, time(), NEW_YORK)


def history_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2/account/portfolio")

    @router.get("/history")
    async def history(
        period: str | None = None,
        timeframe: str | None = None,
        start: str | None = None,
        end: str | None = None,
    ) -> Response:
        """Profit counts from the first point's base, never anew each day (`no_reset`)."""
        try:
            windows = _windows(venue, period, timeframe, start, end)
        except ValueError as error:
            return refused(invalid(str(error)))
        return JSONResponse(await _history(venue, windows))

    return router


def _windows(
    venue: Venue, period: str | None, timeframe: str | None, start: str | None, end: str | None
) -> Windows:
    until = min(moment_of(end) or venue.clock(), venue.clock())
    since = moment_of(start) or until - _period(period or "1M")
    timeframe = timeframe or ("1D" if until - since >= _LONGEST_INTRADAY else "15Min")
    if timeframe not in _LENGTHS:
        raise ValueError("invalid timeframe")
    if timeframe != "1D":
        since = max(since, until - _LONGEST_INTRADAY)
    return Windows(start=max(since, venue.tape.started_at), end=until, timeframe=timeframe)


def _period(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,3})([DWMAY])", text)
    if found is None:
        raise ValueError("invalid period")
    return timedelta(days=int(found[1]) * _DAYS_IN[found[2]])


async def _history(venue: Venue, windows: Windows) -> Json:
    tape, prices = venue.tape, venue.prices
    steps, cash = venue.ledger.equity_steps, venue.ledger.starting_cash
    starts = list(windows.starts(venue.session))
    moments = [windows.start, *(windows.end_of(start) for start in starts)]

    def computed() -> list[Decimal]:
        def price_at(symbol: str, at: datetime) -> Decimal:
            return tape.quote(prices, symbol, at).last

        return list(equity_curve(cash, steps, moments, price_at))

    # A month of minutes takes seconds of computing.
    base, *equity = await asyncio.to_thread(computed)
    return {
        "timestamp": [int(start.timestamp()) for start in starts],
        "equity": [float(worth) for worth in equity],  # numbers, by the schema
        "profit_loss": [float(worth - base) for worth in equity],
        "profit_loss_pct": [float(ratio(worth - base, base)) for worth in equity],
        "base_value": float(base),
        "base_value_asof": windows.start.astimezone(NEW_YORK).date().isoformat(),
        "timeframe": windows.timeframe,
    }

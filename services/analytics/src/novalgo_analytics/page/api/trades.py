"""The trades: round trips, each with what it earned, and on a chart of its prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from novalgo_analytics.accounting.excursions import excursion
from novalgo_analytics.accounting.history import TradeHistory, newer_than, place_of
from novalgo_analytics.accounting.trades import Trade as Closed
from novalgo_analytics.page.api.words import (
    Amount,
    Before,
    Body,
    Day,
    Limit,
    csv_answer,
    of_day,
    refuse_place,
)
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar, BarsReported, BarsRequested
from novalgo_common.timeframes import length

BARS_WITHIN = 8.0
BARS_AROUND = 20
MOST_BARS = 1500
CHOSEN_KEPT = 60.0
"""Seconds that a filter's trades are at hand for its next page, unless there are new ones."""
COLUMNS = (
    "closed_at",
    "opened_at",
    "symbol",
    "timeframe",
    "is_long",
    "quantity",
    "entry_price",
    "exit_price",
    "realised",
    "gain",
    "order",
)


class Trade(Body):
    """All that one order closed; prices are averages over its shares."""

    order: str
    symbol: str
    timeframe: str | None
    """Null of a trade by hand."""
    is_long: bool
    quantity: Amount
    entry_price: Amount
    exit_price: Amount
    opened_at: datetime
    closed_at: datetime
    realised: Amount
    gain: float | None
    """A part of what was invested."""


class Trades(Body):
    trades: list[Trade]
    total: int
    realised: Amount
    """Of all that the filter lets through, not of this page alone."""
    before: str | None


class PriceBar(Body):
    start: datetime
    open: Amount
    high: Amount
    low: Amount
    close: Amount


class TradeChart(Body):
    trade: Trade
    timeframe: str
    bars: list[PriceBar]
    adverse: Amount | None
    """MAE: the most that the trade was behind, in dollars, by the bars that it touched."""
    favourable: Amount | None
    """MFE: the most that it was ahead."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a filter lets through."""

    trades: Sequence[Closed]
    realised: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    symbol: str | None
    timeframe: str | None
    side: str | None
    outcome: str | None
    start: datetime | None
    end: datetime | None

    def choose(self, history: TradeHistory) -> Sequence[Closed]:
        """Return the trades that pass, newest first."""
        every, own = history.every, history.by_symbol.get(self.symbol or "", ())
        found = every if self.symbol is None else own
        first = newer_than(found, self.end) if self.end else 0
        last = newer_than(found, self.start) if self.start else len(found)
        chosen = found[first:last]
        if self.timeframe is not None:
            chosen = [trade for trade in chosen if trade.timeframe == self.timeframe]
        if self.side is not None:
            chosen = [trade for trade in chosen if trade.is_long == (self.side == "long")]
        if self.outcome is not None:
            chosen = [trade for trade in chosen if (trade.realised > 0) == (self.outcome == "won")]
        return chosen


async def trade_filter(
    symbol: Annotated[str | None, Query(max_length=20)] = None,
    timeframe: Annotated[str | None, Query(max_length=20)] = None,
    side: Literal["long", "short"] | None = None,
    outcome: Literal["won", "lost"] | None = None,
    day: Day = None,
) -> Wanted:
    start, end = of_day(day)
    return Wanted(
        symbol=symbol.strip().upper() or None if symbol else None,
        timeframe=timeframe or None,
        side=side,
        outcome=outcome,
        start=start,
        end=end,
    )


Filter = Annotated[Wanted, Depends(trade_filter)]


def trade_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["trades"])

    kept: Kept[Chosen] = Kept(CHOSEN_KEPT)

    async def chosen(wanted: Wanted) -> Chosen:
        history = await sources.history()

        async def choose() -> Chosen:
            found = wanted.choose(history)
            return Chosen(found, sum((each.realised for each in found), Decimal(0)))

        return await kept.get(choose, (history.version, wanted))

    @router.get("/trades")
    async def trades(wanted: Filter, before: Before = None, limit: Limit = 50) -> Trades:
        all_of_them = await chosen(wanted)
        found = all_of_them.trades
        start = _start(found, before) if before else 0
        page = found[start : start + limit]
        return Trades(
            trades=[Trade.model_validate(each) for each in page],
            total=len(found),
            realised=all_of_them.realised,
            before=_name(page[-1]) if start + limit < len(found) else None,
        )

    @router.get("/trades.csv", response_class=Response)
    async def as_csv(wanted: Filter) -> Response:
        found = await chosen(wanted)
        rows = ([getattr(each, name) for name in COLUMNS] for each in found.trades)
        return csv_answer("trades.csv", COLUMNS, rows)

    @router.get("/trades/{symbol}/{order}")
    async def chart(symbol: str, order: str) -> TradeChart:
        of_symbol = (await sources.history()).by_symbol.get(symbol, ())
        found = [each for each in of_symbol if each.order == order]
        if not found:
            raise HTTPException(404, "There is no such trade")
        return await _chart(sources, found[0])

    return router


async def _chart(sources: Sources, trade: Closed) -> TradeChart:
    timeframe = trade.timeframe or "15 Min"
    margin = BARS_AROUND * length(timeframe)
    end = min(trade.closed_at + margin, sources.clock())
    start = max(trade.opened_at - margin, end - MOST_BARS * length(timeframe))
    bars = await bars_of(sources, trade.symbol, timeframe, start, end)
    course = excursion(trade, bars)
    return TradeChart(
        trade=Trade.model_validate(trade),
        timeframe=timeframe,
        bars=[PriceBar.model_validate(bar) for bar in bars],
        adverse=course.adverse if course else None,
        favourable=course.favourable if course else None,
    )


async def bars_of(
    sources: Sources,
    symbol: str,
    timeframe: str,
    start: datetime,
    end: datetime,
    *,
    within: float = BARS_WITHIN,
) -> Sequence[Bar]:
    """Return the bars; 503 where executor, who alone may ask Alpaca, has none to give."""
    question = sources.new_id()
    request = BarsRequested(
        event_id=question,
        correlation_id=question,
        occurred_at=sources.clock(),
        symbol=symbol,
        timeframe=timeframe,
        start=start,
        end=end,
    )
    try:
        reported = await sources.bus.request(request, within=within)
    except UnavailableError:
        raise HTTPException(503, "Executor gave no prices in time: see Overview") from None
    assert isinstance(reported, BarsReported)
    return reported.bars


def _name(trade: Closed) -> str:
    return f"{trade.closed_at.isoformat().replace('+00:00', 'Z')}_{trade.order}"


def _start(found: Sequence[Closed], before: str) -> int:
    """Return where the page begins that follows the trade of this name."""
    closed_at, _, order = before.partition("_")
    try:
        at = datetime.fromisoformat(closed_at)
        start = place_of(found, at)
    except (ValueError, OverflowError):
        raise refuse_place() from None
    while start < len(found) and found[start].closed_at == at:
        start += 1
        if found[start - 1].order == order:
            break
    return start

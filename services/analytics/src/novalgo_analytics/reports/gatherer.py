"""Gathers what a report is made of: from the store, from the exchange, and bars from executor."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import structlog

from novalgo_analytics.accounting.history import newer_than
from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.accounting.movement import Movement, Step
from novalgo_analytics.accounting.trades import Trade, trades
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.execution.endings import Endings
from novalgo_analytics.execution.slippage import Slippages
from novalgo_analytics.execution.way import Delays, Way
from novalgo_analytics.exports.tables import (
    Name,
    Row,
    Tables,
    account_row,
    add_all,
    cash_row,
    fill_row,
    order_row,
    position_row,
    signal_row,
    trade_row,
)
from novalgo_analytics.facts import AccountDay, OrderDone
from novalgo_analytics.figures import figures
from novalgo_analytics.measures.activity import traded_dollars
from novalgo_analytics.reports.period import Period
from novalgo_analytics.reports.report import Facts, Report, report
from novalgo_analytics.store import Store
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar, BarsReported, BarsRequested
from novalgo_common.exchange_days import Session, day_of, midnight, sessions
from novalgo_common.timeframes import length

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds that executor gets to answer one question."""
BARS_LOOKED_AT = timedelta(days=92)
"""Minute bars of more would be hundreds of thousands: older trades have no MAE and MFE."""
CLOSE_BEFORE = timedelta(days=7)
"""Long enough before the first day for the exchange to have had a close."""


@dataclass(frozen=True)
class Gatherer:
    store: Store
    bookkeeper: Bookkeeper
    bus: Bus
    clock: Clock
    benchmark: str

    async def report(self, period: Period, tables: Tables) -> Report:
        """Return the report of the period, and give its tables; of years they are long.

        Without bars where executor does not answer.
        """
        facts = await self._facts(period, tables)
        return await asyncio.to_thread(_made, facts, period, tables)

    async def _facts(self, period: Period, tables: Tables) -> Facts:
        now = self.clock()
        ledgers = await self.bookkeeper.ledgers()
        closed = _within(self.bookkeeper.history.every, period)
        days = await self.store.days()
        book_trades, traded = await self._matched(period, tables)
        delays, endings = await self._signals(period, tables)
        return Facts(
            at=now,
            figures=figures(ledgers, await self.store.newest_snapshot(), now),
            days=days,
            sessions=await asyncio.to_thread(_sessions, days, closed, now),
            trades=closed,
            book_trades=book_trades,
            traded=traded,
            delays=delays.found(),
            endings=endings.found(),
            slippages=(await self._orders(period, tables)).found(),
            cash=[line for line in await self.store.cash(period.begins) if line.at < period.ends],
            benchmark=self.benchmark,
            closes=await self._closes(days, now),
            bars=await self._bars(closed, period, now),
        )

    async def _matched(self, period: Period, tables: Tables) -> tuple[list[Trade], Decimal]:
        """Return the books' trades, and the dollars traded, matched symbol by symbol."""
        book_trades: list[Trade] = []
        traded = NONE
        with tables.table(Name.FILLS) as add:
            for symbol in await self.store.symbols():
                steps = await self.store.steps_of(symbol)
                book_trades += await asyncio.to_thread(_of_books, steps, period)
                traded += await asyncio.to_thread(_fills, steps, period, add)
        return book_trades, traded

    async def _signals(self, period: Period, tables: Tables) -> tuple[Delays, Endings]:
        delays, endings = Delays(), Endings()
        with tables.table(Name.SIGNALS) as add:

            def take(way: Way) -> None:
                delays.add(way)
                endings.add(way)
                add(signal_row(way))

            await self.store.each_way(period.begins, period.ends, take)
        return delays, endings

    async def _orders(self, period: Period, tables: Tables) -> Slippages:
        slippages = Slippages()
        with tables.table(Name.ORDERS) as add:

            def take(order: OrderDone) -> None:
                slippages.add(order)
                add(order_row(order))

            await self.store.each_order(period.begins, period.ends, take)
        return slippages

    async def _closes(self, days: Sequence[AccountDay], now: datetime) -> Mapping[date, float]:
        if not days:
            return {}
        start = midnight(days[0].day) - CLOSE_BEFORE
        bars = await self._ask(self.benchmark, "1 Day", start, now)
        return {day_of(bar.start): float(bar.close) for bar in bars}

    async def _bars(
        self, closed: Iterable[Trade], period: Period, now: datetime
    ) -> Mapping[tuple[str, str], Sequence[Bar]]:
        """Return the bars of each chart whose trades lie in the period and are not too old."""
        wanted: dict[tuple[str, str], list[Trade]] = {}
        oldest = max(period.begins, now - BARS_LOOKED_AT)
        for trade in closed:
            if trade.timeframe is not None and oldest <= trade.closed_at:
                wanted.setdefault((trade.symbol, trade.timeframe), []).append(trade)
        found = {}
        for (symbol, timeframe), of_chart in wanted.items():
            start = min(trade.opened_at for trade in of_chart) - length(timeframe)
            end = max(trade.closed_at for trade in of_chart)
            if now - start <= 2 * BARS_LOOKED_AT:
                found[symbol, timeframe] = await self._ask(symbol, timeframe, start, end)
        return found

    async def _ask(
        self, symbol: str, timeframe: str, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        request_id = uuid4()
        request = BarsRequested(
            event_id=request_id,
            correlation_id=request_id,
            occurred_at=self.clock(),
            symbol=symbol,
            timeframe=timeframe,
            start=start,
            end=end,
        )
        try:
            answer = await self.bus.request(request, within=PATIENCE)
        except UnavailableError as error:
            log.warning("report.without_bars", symbol=symbol, error=str(error))
            return ()
        return answer.bars if isinstance(answer, BarsReported) else ()


def _made(facts: Facts, period: Period, tables: Tables) -> Report:
    made = report(facts, period)
    add_all(tables, Name.POSITIONS, map(position_row, made.figures.positions))
    add_all(tables, Name.TRADES, map(trade_row, made.trades))
    add_all(tables, Name.ACCOUNT, map(account_row, made.days))
    add_all(tables, Name.CASH, map(cash_row, made.cash))
    return made


def _within(newest_first: Sequence[Trade], period: Period) -> list[Trade]:
    ends = period.ends
    lately = newest_first[: newer_than(newest_first, period.begins)]
    return [trade for trade in lately if trade.closed_at < ends]


def _of_books(steps: Sequence[Step], period: Period) -> list[Trade]:
    begins, ends = period.begins, period.ends
    books = build(steps, kept=None).books.values()
    closed = (trade for lots in books for trade in trades(lots.closings))
    return [trade for trade in closed if begins <= trade.closed_at < ends]


def _fills(steps: Sequence[Step], period: Period, add: Callable[[Row], None]) -> Decimal:
    """Give the period's fills; return the dollars that they bought and sold for."""
    begins, ends = period.begins, period.ends
    found = [
        step
        for step in steps
        if isinstance(step, Movement) and not step.is_adoption and begins <= step.at < ends
    ]
    for fill in found:
        add(fill_row(fill))
    return traded_dollars(found)


def _sessions(
    days: Sequence[AccountDay], closed: Sequence[Trade], now: datetime
) -> Sequence[Session]:
    today = day_of(now)
    first = min([today, *(each.day for each in days[:1]), *(day_of(t.opened_at) for t in closed)])
    return sessions(first, today)

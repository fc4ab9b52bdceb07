"""Bars of the simulated path of prices.  Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from novalgo_simulator.broker.amount import CENT, ZERO
from novalgo_simulator.market.session import NEW_YORK, Session

PriceAt: TypeAlias = Callable[[datetime], Decimal]
DAY = timedelta(days=1)
_SAMPLES = 8
_UNITS = {
    "Min": timedelta(minutes=1),
    "T": timedelta(minutes=1),
    "Hour": timedelta(hours=1),
    "H": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """A bar's label and the moments that it covers."""

    label: datetime
    first: datetime
    last: datetime


def timeframe_of(text: str) -> timedelta:
    """Read `1Min` ... `59Min`, `1Hour` ... `23Hour` or `1Day`; raise ValueError on another."""
    if text in ("1Day", "1D"):
        return DAY
    found = re.fullmatch(r"(\d{1,2})(Min|T|Hour|H)", text)
    length = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not timedelta() < length < DAY:
        raise ValueError("invalid timeframe")
    return length


def spans(session: Session, length: timedelta, start: datetime, end: datetime) -> Iterator[Span]:
    """Yield the spans that begin from `start` to `end` and in which the market was open."""
    if length == DAY:
        yield from _daily(session, start, end)
        return
    late = start.timestamp() % length.total_seconds()
    at = start + timedelta(seconds=(length.total_seconds() - late) if late else 0)
    while at <= end:
        if session.is_open(at) or session.is_open(at + length - timedelta(minutes=1)):
            yield Span(at, at, at + length)
        at += length


def bar(span: Span, price_at: PriceAt, now: datetime) -> Bar:
    """Return the bar, as far as it has come by `now`."""
    last = min(span.last, now)
    every = (last - span.first) / _SAMPLES
    path = [price_at(span.first + every * number) for number in range(_SAMPLES + 1)]
    return Bar(
        start=span.label,
        open=path[0],
        high=max(path),
        low=min(path),
        close=path[-1],
        average=(sum(path, ZERO) / len(path)).quantize(CENT),
    )


def _daily(session: Session, start: datetime, end: datetime) -> Iterator[Span]:
    for day in session.days(*(at.astimezone(NEW_YORK).date() for at in (start, end))):
        label, opens = _at(day.date, time()), _at(day.date, day.open)
        if start <= label and opens <= end:
            yield Span(label, opens, _at(day.date, day.close))


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, NEW_YORK)

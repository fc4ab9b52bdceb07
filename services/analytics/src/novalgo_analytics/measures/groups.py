"""The same numbers by symbol, timeframe, side, weekday and hour.  Pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.figures import EXTERNAL_NAME
from novalgo_analytics.measures.trading import TradeNumbers, trade_numbers
from novalgo_common.clock import to_pacific
from novalgo_common.exchange_days import day_of
from novalgo_common.timeframes import length

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = 3600
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    numbers: TradeNumbers


def by_symbol(trades: Sequence[Trade]) -> tuple[Group, ...]:
    return _groups(trades, lambda trade: trade.symbol)


def by_timeframe(trades: Sequence[Trade]) -> tuple[Group, ...]:
    """Return a group for each timeframe, the shortest first, and EXTERNAL at the end."""

    def order(name: str) -> timedelta:
        return length(name) if name != EXTERNAL_NAME else timedelta.max

    found = _groups(trades, lambda trade: trade.timeframe or EXTERNAL_NAME)
    return tuple(sorted(found, key=lambda group: order(group.name)))


def by_side(trades: Sequence[Trade]) -> tuple[Group, ...]:
    return _groups(trades, lambda trade: "long" if trade.is_long else "short")


def by_weekday(trades: Sequence[Trade]) -> tuple[Group, ...]:
    """Group by New York's weekday of the entry."""
    return _groups(trades, lambda trade: _place(trade)[0], WEEKDAYS.__getitem__)


def by_hour(trades: Sequence[Trade]) -> tuple[Group, ...]:
    """Group by the Pacific hour of the entry."""
    return _groups(trades, lambda trade: _place(trade)[1], "{:02}:00".format)


def by_weekday_and_hour(trades: Sequence[Trade]) -> dict[tuple[int, int], TradeNumbers]:
    """Return the numbers by New York's weekday (Monday is 0) and Pacific hour of the entry."""
    found: dict[tuple[int, int], list[Trade]] = {}
    for trade in trades:
        found.setdefault(_place(trade), []).append(trade)
    return {place: trade_numbers(of_place) for place, of_place in found.items()}


def _place(trade: Trade) -> tuple[int, int]:
    """Return New York's weekday (Monday is 0) and the Pacific hour of the entry."""
    return _place_of_hour(int(trade.opened_at.timestamp() // _HOUR))


@lru_cache(maxsize=100_000)
def _place_of_hour(number: int) -> tuple[int, int]:
    # Both zones are whole hours from UTC: a hundred thousand trades share some thousand hours.
    at = datetime.fromtimestamp(number * _HOUR, UTC)
    return day_of(at).weekday(), to_pacific(at).hour


def _groups(
    trades: Sequence[Trade], key: Callable[[Trade], K], name: Callable[[K], str] = str
) -> tuple[Group, ...]:
    found: dict[K, list[Trade]] = {}
    for trade in trades:
        found.setdefault(key(trade), []).append(trade)
    ordered = sorted(found.items(), key=lambda item: item[0])  # type: ignore[arg-type, return-value]
    return tuple(Group(name(each), trade_numbers(of_key)) for each, of_key in ordered)

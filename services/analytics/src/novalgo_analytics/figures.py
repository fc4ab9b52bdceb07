"""Profit and loss as people ask for it: by symbol, by book, today, and in all.  Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from novalgo_analytics.accounting.ledger import EXTERNAL, Ledger
from novalgo_analytics.accounting.lots import NONE, Lots
from novalgo_analytics.performance import since
from novalgo_common.events import AccountSnapshotTaken, PositionSnapshot
from novalgo_common.exchange_days import day_of, midnight
from novalgo_common.timeframes import length

EXTERNAL_NAME = "EXTERNAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """Dollars; `realised` is since the beginning."""

    realised_today: Decimal
    realised: Decimal
    unrealised: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAverageCost:
    """The second view, in which all shares of a symbol cost the same; dollars."""

    average_price: Decimal | None
    """What each share cost; None where none are held, and of several symbols."""
    realised: Decimal
    unrealised: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one symbol, or one book of it, holds and has earned."""

    symbol: str
    book: str
    """The timeframe, EXTERNAL, or nothing where the line is the whole symbol's."""
    quantity: Decimal
    earnings: Earnings
    at_average_cost: AtAverageCost | None = None
    """None of a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What is held of a symbol, by the newest of the broker's statement and the fills.

    The two agree, but while one of them is newer than the other, or wrong.
    """

    symbol: str
    quantity: Decimal
    average_price: Decimal | None
    current_price: Decimal | None
    market_value: Decimal | None
    unrealised: Decimal
    counted: Decimal
    """Shares by our own count."""
    agrees: bool
    """Whether both counts are equal; yes, while the broker's is too old to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    account: AccountSnapshotTaken | None
    total: Earnings
    at_average_cost: AtAverageCost
    by_symbol: tuple[Line, ...]
    by_book: tuple[Line, ...]
    positions: tuple[Position, ...]


def figures(
    ledgers: Mapping[str, Ledger], snapshot: AccountSnapshotTaken | None, now: datetime
) -> Figures:
    """Return the numbers as they stand at `now`.

    Open shares are valued at the price of the broker's newest statement, else at what the symbol
    was last traded for.  Today began at midnight in New York.
    """
    stated = {position.symbol: position for position in snapshot.positions} if snapshot else {}
    today = midnight(day_of(now))
    by_symbol, by_book = [], []
    for symbol, ledger in sorted(ledgers.items()):
        price = _price(ledger, stated.get(symbol))
        line = _line(symbol, "", ledger.account, price, today)
        by_symbol.append(replace(line, at_average_cost=_at_average_cost(ledger, price)))
        for timeframe, lots in sorted(ledger.books.items(), key=_shortest_first):
            by_book.append(_line(symbol, timeframe or EXTERNAL_NAME, lots, price, today))
    return Figures(
        account=snapshot,
        total=_sum(line.earnings for line in by_symbol),
        at_average_cost=_together(line.at_average_cost for line in by_symbol),
        by_symbol=tuple(by_symbol),
        by_book=tuple(line for line in by_book if line.quantity or line.earnings.realised),
        positions=tuple(_positions(ledgers, snapshot, stated)),
    )


def _shortest_first(book: tuple[str | None, Lots]) -> timedelta:
    return length(book[0]) if book[0] is not EXTERNAL else timedelta.max


def _price(ledger: Ledger | None, stated: PositionSnapshot | None) -> Decimal:
    if stated is not None and stated.current_price is not None:
        return stated.current_price
    return ledger.last_price if ledger is not None else NONE


def _line(symbol: str, book: str, lots: Lots, price: Decimal, today: datetime) -> Line:
    earned_today = (closing.realised for closing in since(lots.closings, today))
    return Line(
        symbol=symbol,
        book=book,
        quantity=lots.quantity,
        earnings=Earnings(
            realised_today=sum(earned_today, NONE),
            realised=lots.realised,
            unrealised=lots.unrealised(price),
        ),
    )


def _at_average_cost(ledger: Ledger, price: Decimal) -> AtAverageCost:
    average = ledger.average
    return AtAverageCost(
        average_price=average.average,
        realised=average.realised,
        unrealised=average.quantity * price - average.cost,
    )


def _together(views: Iterable[AtAverageCost | None]) -> AtAverageCost:
    every = [each for each in views if each is not None]
    return AtAverageCost(
        average_price=None,
        realised=sum((each.realised for each in every), NONE),
        unrealised=sum((each.unrealised for each in every), NONE),
    )


def _sum(earnings: Iterable[Earnings]) -> Earnings:
    every = list(earnings)
    return Earnings(
        realised_today=sum((each.realised_today for each in every), NONE),
        realised=sum((each.realised for each in every), NONE),
        unrealised=sum((each.unrealised for each in every), NONE),
    )


def _positions(
    ledgers: Mapping[str, Ledger],
    snapshot: AccountSnapshotTaken | None,
    stated: Mapping[str, PositionSnapshot],
) -> Iterator[Position]:
    held = {symbol for symbol, ledger in ledgers.items() if ledger.account.quantity}
    for symbol in sorted(held | stated.keys()):
        ledger = ledgers.get(symbol)
        if ledger is not None and _is_newer(ledger, snapshot):
            if ledger.account.quantity:
                yield _as_filled(symbol, ledger, _price(ledger, stated.get(symbol)))
        else:
            yield _as_stated(symbol, ledger, stated.get(symbol))


def _is_newer(ledger: Ledger, snapshot: AccountSnapshotTaken | None) -> bool:
    """Say whether shares moved at or after the broker's newest statement."""
    if snapshot is None:
        return True
    return ledger.last is not None and ledger.last.at >= snapshot.occurred_at


def _as_filled(symbol: str, ledger: Ledger, price: Decimal) -> Position:
    quantity = ledger.account.quantity
    return Position(
        symbol=symbol,
        quantity=quantity,
        average_price=ledger.average.average,
        current_price=price,
        market_value=quantity * price,
        unrealised=ledger.account.unrealised(price),
        counted=quantity,
        agrees=True,
    )


def _as_stated(symbol: str, ledger: Ledger | None, stated: PositionSnapshot | None) -> Position:
    counted = ledger.account.quantity if ledger else NONE
    quantity = stated.quantity if stated else NONE
    price = _price(ledger, stated)
    return Position(
        symbol=symbol,
        quantity=quantity,
        average_price=stated.average_price if stated else None,
        current_price=stated.current_price if stated else None,
        market_value=stated.market_value if stated else None,
        unrealised=ledger.account.unrealised(price) if ledger else NONE,
        counted=counted,
        agrees=quantity == counted,
    )

"""The books: each row of the sheet with what it holds, and each symbol beside the broker's word."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter, Request, Response

from novalgo_analytics.figures import Figures, Line
from novalgo_analytics.page.api.accounts import Account, Earnings, Position
from novalgo_analytics.page.api.signals import Signal
from novalgo_analytics.page.api.words import Amount, Body, csv_answer
from novalgo_analytics.page.encoded import Encoded
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_analytics.page.standing import account_body, positions, standing
from novalgo_analytics.store import lookups
from novalgo_common.events import ConfigRow, RowStatus, Sizing, StatusWritten

SECOND = 1.0
HEADER = ("symbol", "timeframe", "quantity", "realised_today", "realised", "unrealised", "status")


class Row(Body):
    """What the Config tab says of the book; null of one that has no row."""

    position_size: Amount
    sizing: Sizing
    active: bool


class Shown(Body):
    """What the sheet's Order Status says of the book."""

    status: RowStatus
    reason: str
    at: datetime


class Book(Body):
    symbol: str
    timeframe: str
    """Or EXTERNAL: what NovAlgo did not trade."""
    quantity: Amount
    earned: Earnings
    row: Row | None
    shown: Shown | None
    last_signal: Signal | None


class Problem(Body):
    row: int
    symbol: str
    timeframe: str
    message: str


class Books(Body):
    books: list[Book]
    config_version: int | None
    problems: list[Problem]
    """Rows of the sheet that cannot be used."""


class Positions(Body):
    account: Account | None
    positions: list[Position]


def book_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["books"])
    kept: Kept[Encoded] = Kept(SECOND)

    async def make() -> Encoded:
        return await Encoded.of(await _books(sources))

    @router.get("/books", response_model=Books)
    async def books(request: Request) -> Response:
        """Made at most once a second."""
        return (await kept.get(make)).response(request)

    @router.get("/books.csv", response_class=Response)
    async def as_csv() -> Response:
        found = (await _books(sources)).books
        return csv_answer("books.csv", HEADER, [_line(book) for book in found])

    @router.get("/positions")
    async def held() -> Positions:
        numbers = await standing(sources)
        return Positions(account=account_body(numbers.account), positions=list(positions(numbers)))

    return router


async def _books(sources: Sources) -> Books:
    store = sources.store
    numbers, config = await asyncio.gather(standing(sources), store.look(lookups.config))
    rows = {(row.symbol, row.timeframe): row for row in config.rows} if config else {}
    lines = {(line.symbol, line.book): line for line in numbers.by_book}
    keys = _in_order(rows, numbers)
    by_symbol: dict[str, list[str]] = {}
    for symbol, timeframe in keys:
        by_symbol.setdefault(symbol, []).append(timeframe)
    shown = await store.look(
        lambda c: {symbol: lookups.statuses(c, symbol, each) for symbol, each in by_symbol.items()}
    )
    newest = await store.look(lambda c: [lookups.newest_of_book(c, *key) for key in keys])
    return Books(
        books=[
            _book(key, lines.get(key), rows.get(key), shown[key[0]].get(key[1]), signal)
            for key, signal in zip(keys, map(_signal, newest), strict=True)
        ],
        config_version=config.version if config else None,
        problems=[Problem.model_validate(each) for each in config.problems] if config else [],
    )


def _in_order(
    rows: Mapping[tuple[str, str], ConfigRow], numbers: Figures
) -> Sequence[tuple[str, str]]:
    """Return the sheet's rows as the sheet has them, and behind them what else has a book."""
    others = [(line.symbol, line.book) for line in numbers.by_book]
    return [*rows, *(key for key in others if key not in rows)]


def _book(
    key: tuple[str, str],
    line: Line | None,
    row: ConfigRow | None,
    shown: StatusWritten | None,
    signal: Signal | None,
) -> Book:
    nothing = {"realised_today": 0, "realised": 0, "unrealised": 0}
    return Book(
        symbol=key[0],
        timeframe=key[1],
        quantity=line.quantity if line else 0,
        earned=Earnings.model_validate(line.earnings if line else nothing),
        row=_row(row) if row else None,
        shown=Shown(status=shown.status, reason=shown.reason, at=shown.occurred_at)
        if shown
        else None,
        last_signal=signal,
    )


def _row(row: ConfigRow) -> Row:
    return Row(
        position_size=row.position_size,
        sizing=row.sizing or Sizing.DOLLARS,
        active=row.active,
    )


def _signal(seen: object) -> Signal | None:
    return Signal.model_validate(seen) if seen is not None else None


def _line(book: Book) -> list[object]:
    earned = book.earned
    figures = (earned.realised_today, earned.realised, earned.unrealised)
    status = book.shown.status if book.shown else ""
    return [book.symbol, book.timeframe, book.quantity, *figures, status]

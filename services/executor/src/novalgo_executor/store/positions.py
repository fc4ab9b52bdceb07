"""The books, the external remainder of each symbol, and the fills that moved them."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from novalgo_common.events import Side
from novalgo_common.store import insert_for
from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerFill, BrokerPosition
from novalgo_executor.facts import ZERO
from novalgo_executor.fills import Span, is_new
from novalgo_executor.holding import Holding
from novalgo_executor.split import Stated
from novalgo_executor.store.tables import BOOKS, EXTERNALS, FILLS, STATED

PAGE = 500
"""Orders that one question names."""


def count(connection: Connection, fill: BrokerFill, timeframe: str | None) -> Decimal | None:
    """Count a fill into its book, or as external.

    Return what it realised by average cost, or None where it was counted before.
    """
    if is_counted(connection, fill):
        return None
    connection.execute(
        _COUNTING,
        {
            "order_id": fill.order_id,
            "cumulative": fill.cumulative,
            "quantity": fill.quantity,
            "symbol": fill.symbol,
            "timeframe": timeframe,
            "side": fill.side,
            "price": fill.price,
            "filled_at": fill.filled_at,
            "execution_id": fill.execution_id,
        },
    )
    signed = fill.quantity if fill.side is Side.BUY else -fill.quantity
    return move(connection, fill.symbol, timeframe, signed, fill.price)


def move(
    connection: Connection, symbol: str, timeframe: str | None, signed: Decimal, price: Decimal
) -> Decimal:
    """Add signed shares to a book, or to the external remainder where `timeframe` is None.

    Return what that realised; nothing outside the books.
    """
    if timeframe is None:
        held = external(connection, symbol)
        new = {"symbol": symbol, "quantity": held + signed}
        connection.execute(_keeping_external(connection.dialect.name), new)
        return ZERO
    holding, realised = _holding(connection, symbol, timeframe).after(signed, price)
    book = {
        "symbol": symbol,
        "timeframe": timeframe,
        "quantity": holding.quantity,
        "cost": holding.cost,
    }
    connection.execute(_keeping_book(connection.dialect.name), book)
    return realised


def scale(connection: Connection, symbol: str, timeframe: str | None, quantity: Decimal) -> None:
    """Give a holder other shares at the same cost."""
    table = EXTERNALS if timeframe is None else BOOKS
    change = table.update().where(table.c.symbol == symbol).values(quantity=quantity)
    if timeframe is not None:
        change = change.where(BOOKS.c.timeframe == timeframe)
    connection.execute(change)


def stated(connection: Connection) -> dict[str, Stated]:
    """Return the positions as they were stated when the books last agreed with them."""
    rows = connection.execute(_STATED)
    return {row.symbol: Stated(row.quantity, row.average_price) for row in rows}


def save_stated(connection: Connection, positions: Sequence[BrokerPosition]) -> None:
    connection.execute(STATED.delete())
    rows = [
        {"symbol": each.symbol, "quantity": each.quantity, "average_price": each.average_price}
        for each in positions
    ]
    if rows:
        connection.execute(STATED.insert(), rows)


def _holding(connection: Connection, symbol: str, timeframe: str) -> Holding:
    book = {"symbol": symbol, "timeframe": timeframe}
    row = connection.execute(_BOOK, book).one_or_none()
    return Holding(row.quantity, row.cost) if row is not None else Holding()


def books(connection: Connection, symbol: str) -> dict[str, Decimal]:
    """Return the signed shares of a symbol's books, by timeframe."""
    rows = connection.execute(_BOOKS_OF, {"symbol": symbol})
    return {row.timeframe: row.quantity for row in rows}


def held_books(connection: Connection) -> list[tuple[str, str]]:
    """Return the books that hold anything, as (symbol, timeframe)."""
    rows = connection.execute(_BOOKS).all()
    return [(row.symbol, row.timeframe) for row in rows if row.quantity]


def external(connection: Connection, symbol: str) -> Decimal:
    """Return the signed shares of a symbol that no book holds."""
    return connection.execute(_EXTERNAL_OF, {"symbol": symbol}).scalar() or ZERO


def by_symbol(connection: Connection) -> dict[str, Holdings]:
    """Return what is held of each symbol that was ever held."""
    found: dict[str, dict[str, Decimal]] = {}
    for row in connection.execute(_BOOKS):
        found.setdefault(row.symbol, {})[row.timeframe] = row.quantity
    outside = {row.symbol: row.quantity for row in connection.execute(_EXTERNALS)}
    return {
        symbol: Holdings(books=found.get(symbol, {}), external=outside.get(symbol, ZERO))
        for symbol in found.keys() | outside.keys()
    }


def is_known(connection: Connection, symbol: str) -> bool:
    """Return whether anything of the symbol was ever held."""
    return symbol in by_symbol(connection)


def holdings(connection: Connection, symbol: str) -> Holdings:
    return Holdings(books=books(connection, symbol), external=external(connection, symbol))


def is_counted(connection: Connection, fill: BrokerFill) -> bool:
    """Return whether a fill, or what covers it, was counted before."""
    rows = connection.execute(_FILLS_OF, {"order_id": fill.order_id})
    counted = [Span(row.cumulative - row.quantity, row.cumulative) for row in rows]
    return not is_new(fill.quantity, fill.cumulative, counted)


def uncounted(connection: Connection, fills: Sequence[BrokerFill]) -> list[BrokerFill]:
    """Return the fills that were not counted before."""
    counted: dict[str, list[Span]] = {fill.order_id: [] for fill in fills}
    ids = list(counted)
    for first in range(0, len(ids), PAGE):
        for row in connection.execute(_FILLS_OF_ORDERS, {"order_ids": ids[first : first + PAGE]}):
            counted[row.order_id].append(Span(row.cumulative - row.quantity, row.cumulative))
    return [
        fill for fill in fills if is_new(fill.quantity, fill.cumulative, counted[fill.order_id])
    ]


# Building a statement takes longer than SQLite needs to run it.

_IS_OF_SYMBOL = BOOKS.c.symbol == sa.bindparam("symbol")
_BOOK = sa.select(BOOKS.c.quantity, BOOKS.c.cost).where(
    _IS_OF_SYMBOL, BOOKS.c.timeframe == sa.bindparam("timeframe")
)
_BOOKS_OF = sa.select(BOOKS.c.timeframe, BOOKS.c.quantity).where(_IS_OF_SYMBOL)
_BOOKS = sa.select(BOOKS)
_EXTERNAL_OF = sa.select(EXTERNALS.c.quantity).where(EXTERNALS.c.symbol == sa.bindparam("symbol"))
_EXTERNALS = sa.select(EXTERNALS)
_STATED = sa.select(STATED)
_COUNTING = FILLS.insert()
_FILLS_OF = sa.select(FILLS.c.quantity, FILLS.c.cumulative).where(
    FILLS.c.order_id == sa.bindparam("order_id")
)
_FILLS_OF_ORDERS = sa.select(FILLS.c.order_id, FILLS.c.quantity, FILLS.c.cumulative).where(
    FILLS.c.order_id.in_(sa.bindparam("order_ids", expanding=True))
)


@cache
def _keeping_external(dialect: str) -> sa.Executable:
    statement = insert_for(dialect, EXTERNALS)
    return statement.on_conflict_do_update(
        index_elements=["symbol"], set_={"quantity": statement.excluded.quantity}
    )


@cache
def _keeping_book(dialect: str) -> sa.Executable:
    statement = insert_for(dialect, BOOKS)
    return statement.on_conflict_do_update(
        index_elements=["symbol", "timeframe"],
        set_={"quantity": statement.excluded.quantity, "cost": statement.excluded.cost},
    )

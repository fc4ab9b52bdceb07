"""The exported tables: what each row is.  Pure.

Times are UTC and amounts exact; a number that is not known is an empty cell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from novalgo_analytics.accounting.movement import Movement
from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.facts import AccountDay, CashLine, OrderDone
from novalgo_analytics.figures import EXTERNAL_NAME, Position
from novalgo_analytics.reports.report import TradeLine

Cell: TypeAlias = str | int | Decimal | datetime | date | None
Row: TypeAlias = tuple[Cell, ...]


class Name(StrEnum):
    """What can be exported."""

    POSITIONS = "positions"
    TRADES = "trades"
    FILLS = "fills"
    ACCOUNT = "account"
    CASH = "cash"
    SIGNALS = "signals"
    ORDERS = "orders"


COLUMNS: Mapping[Name, tuple[str, ...]] = {
    Name.POSITIONS: (
        "symbol",
        "quantity",
        "average_price",
        "current_price",
        "market_value",
        "unrealised",
        "counted_quantity",
    ),
    Name.TRADES: (
        "symbol",
        "timeframe",
        "side",
        "quantity",
        "entry_price",
        "exit_price",
        "opened_at",
        "closed_at",
        "realised",
        "bars_held",
        "mae",
        "mfe",
        "order",
    ),
    Name.FILLS: ("at", "symbol", "timeframe", "side", "quantity", "price", "order", "event_id"),
    Name.ACCOUNT: ("day", "opening", "equity", "exposure", "moved_in", "moved_out"),
    Name.CASH: ("at", "kind", "amount", "symbol", "activity"),
    Name.SIGNALS: ("signal_id", "symbol", "timeframe", "ending", "reason", *Milestone),
    Name.ORDERS: (
        "client_order_id",
        "submitted_at",
        "symbol",
        "timeframe",
        "leg",
        "side",
        "filled_quantity",
        "filled_price",
        "quote_price",
        "alert_price",
        "status",
        "detail",
    ),
}


class Tables(Protocol):
    """Where the rows of the tables go, table after table."""

    def table(self, name: Name) -> AbstractContextManager[Callable[[Row], None]]:
        """Take the rows of a table, each as it comes, until the context ends."""
        ...


class RowsOf:
    """Keeps the rows of one table, or of none."""

    def __init__(self, wanted: Name | None) -> None:
        self._wanted = wanted
        self.rows: list[Row] = []

    @contextmanager
    def table(self, name: Name) -> Iterator[Callable[[Row], None]]:
        yield self.rows.append if name is self._wanted else _drop


def _drop(_row: Row) -> None:
    pass


def add_all(tables: Tables, name: Name, rows: Iterable[Row]) -> None:
    with tables.table(name) as add:
        for row in rows:
            add(row)


def position_row(each: Position) -> Row:
    return (
        each.symbol,
        each.quantity,
        each.average_price,
        each.current_price,
        each.market_value,
        each.unrealised,
        each.counted,
    )


def trade_row(line: TradeLine) -> Row:
    trade, course = line.trade, line.excursion
    return (
        trade.symbol,
        trade.timeframe or EXTERNAL_NAME,
        "long" if trade.is_long else "short",
        trade.quantity,
        trade.entry_price,
        trade.exit_price,
        trade.opened_at,
        trade.closed_at,
        trade.realised,
        line.bars_held,
        course.adverse if course else None,
        course.favourable if course else None,
        trade.order,
    )


def fill_row(fill: Movement) -> Row:
    return (
        fill.at,
        fill.symbol,
        fill.timeframe or EXTERNAL_NAME,
        "buy" if fill.quantity > 0 else "sell",
        abs(fill.quantity),
        fill.price,
        fill.order,
        fill.event_id,
    )


def account_row(each: AccountDay) -> Row:
    return (
        each.day,
        each.opening,
        each.equity,
        each.exposure,
        each.moved_in,
        each.moved_out,
    )


def cash_row(line: CashLine) -> Row:
    return (line.at, line.kind.value, line.amount, line.symbol, line.activity)


def signal_row(way: Way) -> Row:
    ending = way.ending.value if way.ending else None
    times = (way.times.get(milestone) for milestone in Milestone)
    return (way.signal_id, way.symbol, way.timeframe, ending, way.reason, *times)


def order_row(order: OrderDone) -> Row:
    return (
        order.client_order_id,
        order.submitted_at,
        order.symbol,
        order.timeframe,
        order.leg.value,
        order.side.value,
        order.filled_quantity,
        order.filled_price,
        order.quote_price,
        order.alert_price,
        order.status,
        order.detail,
    )

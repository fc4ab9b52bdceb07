"""The exported tables: what each row is.  Pure.

Times are UTC and amounts exact; a number that is not known is an empty cell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from novalgo_analytics.accounting.movement import Movement
from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.facts import AccountDay, CashLine, OrderDone
from novalgo_analytics.figures import EXTERNAL_NAME, Position
from novalgo_analytics.reports.report import Report, TradeLine

Cell: TypeAlias = str | int | Decimal | datetime | date | None


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def positions(report: Report) -> Table:
    columns = (
        "symbol",
        "quantity",
        "average_price",
        "current_price",
        "market_value",
        "unrealised",
        "counted_quantity",
    )
    return Table("positions", columns, [_position(each) for each in report.figures.positions])


def trades(report: Report) -> Table:
    columns = (
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
    )
    return Table("trades", columns, [_trade(line) for line in report.trades])


def fills(report: Report) -> Table:
    columns = ("at", "symbol", "timeframe", "side", "quantity", "price", "order", "event_id")
    return Table("fills", columns, [_fill(each) for each in report.fills])


def account(report: Report) -> Table:
    columns = ("day", "opening", "equity", "exposure", "moved_in", "moved_out")
    return Table("account", columns, [_day(each) for each in report.days])


def cash(report: Report) -> Table:
    columns = ("at", "kind", "amount", "symbol", "activity")
    return Table("cash", columns, [_cash(each) for each in report.cash])


def signals(report: Report) -> Table:
    columns = ("signal_id", "symbol", "timeframe", "ending", "reason", *Milestone)
    return Table("signals", columns, [_way(each) for each in report.ways])


def orders(report: Report) -> Table:
    columns = (
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
    )
    return Table("orders", columns, [_order(each) for each in report.orders])


TABLES: Mapping[str, Callable[[Report], Table]] = {
    "positions": positions,
    "trades": trades,
    "fills": fills,
    "account": account,
    "cash": cash,
    "signals": signals,
    "orders": orders,
}


def _position(each: Position) -> tuple[Cell, ...]:
    return (
        each.symbol,
        each.quantity,
        each.average_price,
        each.current_price,
        each.market_value,
        each.unrealised,
        each.counted,
    )


def _trade(line: TradeLine) -> tuple[Cell, ...]:
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


def _fill(fill: Movement) -> tuple[Cell, ...]:
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


def _day(each: AccountDay) -> tuple[Cell, ...]:
    return (
        each.day,
        each.opening,
        each.equity,
        each.exposure,
        each.moved_in,
        each.moved_out,
    )


def _cash(line: CashLine) -> tuple[Cell, ...]:
    return (line.at, line.kind.value, line.amount, line.symbol, line.activity)


def _way(way: Way) -> tuple[Cell, ...]:
    ending = way.ending.value if way.ending else None
    times = (way.times.get(milestone) for milestone in Milestone)
    return (way.signal_id, way.symbol, way.timeframe, ending, way.reason, *times)


def _order(order: OrderDone) -> tuple[Cell, ...]:
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

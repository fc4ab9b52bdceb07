"""`GET /api/v1/summary`: the numbers of the page, exact, as strings.  Pure."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from novalgo_analytics.accounting.lots import SHARE_DIGITS
from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.facts import CashLine
from novalgo_analytics.figures import (
    EXTERNAL_NAME,
    AtAverageCost,
    Earnings,
    Figures,
    Line,
    Position,
)
from novalgo_analytics.measures.cash import by_kind
from novalgo_analytics.measures.trading import TradeNumbers, trade_numbers
from novalgo_analytics.performance import WINDOW
from novalgo_common.events import AccountSnapshotTaken, Ending


def summary(
    numbers: Figures,
    signals_by_ending: Mapping[Ending | None, int],
    closed: Sequence[Trade] = (),
    cash: Sequence[CashLine] = (),
) -> dict[str, Any]:
    """Return the body.  `account` is null until the broker's first statement.

    `closed` are the trades of the Performance tab's window, in the order of their closing, `cash`
    all that moved cash without a trade.
    """
    return {
        "account": _account(numbers.account),
        **_earnings(numbers.total),
        "at_average_cost": _at_average_cost(numbers.at_average_cost),
        "cash": {kind.value: exact(amount) for kind, amount in by_kind(cash).items()},
        "by_symbol": [
            {**_line(line), "at_average_cost": _at_average_cost(line.at_average_cost)}
            for line in numbers.by_symbol
        ],
        "by_book": [{**_line(line), "timeframe": line.book} for line in numbers.by_book],
        "positions": [_position(position) for position in numbers.positions],
        "signals_by_ending": {
            ending.value if ending else "none": count for ending, count in signals_by_ending.items()
        },
        "trades": {
            "days": WINDOW.days,
            **_trades(trade_numbers(closed)),
            **{
                side: _trades(trade_numbers([each for each in closed if each.is_long is is_long]))
                for side, is_long in (("long", True), ("short", False))
            },
        },
    }


def exact(amount: Decimal) -> str:
    """Return the amount without the zeros that say nothing."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _account(snapshot: AccountSnapshotTaken | None) -> dict[str, str] | None:
    if snapshot is None:
        return None
    return {
        "at": snapshot.occurred_at.isoformat(),
        "cash": exact(snapshot.cash),
        "equity": exact(snapshot.equity),
        "last_equity": exact(snapshot.last_equity),
        "earned_since_close": exact(snapshot.earned),
        "buying_power": exact(snapshot.buying_power),
    }


def _earnings(earnings: Earnings) -> dict[str, str]:
    return {
        "realised_today": exact(earnings.realised_today),
        "realised": exact(earnings.realised),
        "unrealised": exact(earnings.unrealised),
    }


def _at_average_cost(view: AtAverageCost | None) -> dict[str, str | None] | None:
    if view is None:
        return None
    return {
        "average_price": None if view.average_price is None else _price(view.average_price),
        "realised": exact(view.realised),
        "unrealised": exact(view.unrealised),
    }


def _price(price: Decimal) -> str:
    """Return a quotient to as many digits as the broker gives a price."""
    return exact(price.quantize(SHARE_DIGITS, ROUND_HALF_EVEN))


def _line(line: Line) -> dict[str, str]:
    return {
        "symbol": line.symbol,
        "quantity": exact(line.quantity),
        **_earnings(line.earnings),
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "symbol": position.symbol,
        "quantity": exact(position.quantity),
        "counted_quantity": exact(position.counted),
        "agrees": position.agrees,
        "average_price": _optional(position.average_price),
        "current_price": _optional(position.current_price),
        "market_value": _optional(position.market_value),
        "unrealised": exact(position.unrealised),
    }


def _trades(numbers: TradeNumbers) -> dict[str, Any]:
    return {
        "trades": numbers.trades,
        "won": numbers.won,
        "lost": numbers.lost,
        "win_rate": numbers.win_rate,
        "realised": exact(numbers.realised),
        "best": _trade(numbers.best),
        "worst": _trade(numbers.worst),
    }


def _trade(trade: Trade | None) -> dict[str, Any] | None:
    if trade is None:
        return None
    return {
        "symbol": trade.symbol,
        "timeframe": trade.timeframe or EXTERNAL_NAME,
        "side": "long" if trade.is_long else "short",
        "realised": exact(trade.realised),
        "closed_at": trade.closed_at.isoformat(),
    }


def _optional(amount: Decimal | None) -> str | None:
    return exact(amount) if amount is not None else None

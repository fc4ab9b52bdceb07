"""Reads what Alpaca answers.  Pure, and exact: amounts are read from their text.

Anything missing or of another shape raises `UnreadableError`: nothing definite was answered.
Alpaca's many order states fold into ours; one that is not known yet counts as open, so that the
order is looked at again rather than believed ended.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from novalgo_common.errors import UnavailableError
from novalgo_common.events import Bar, CashKind, OrderStatus, Side
from novalgo_common.symbols import parse_symbol
from novalgo_executor.broker import (
    Account,
    AccountEvent,
    Asset,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
    CashActivity,
    MarketHours,
    OrderUpdate,
    Quote,
    SplitNotice,
    Undoing,
)

Answer = Mapping[str, Any]

_STATUSES = {
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "replaced": OrderStatus.CANCELED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
}
_SELLS = {"sell", "sell_short"}


class UnreadableError(UnavailableError):
    """An answer is not of the documented shape."""


def amount(value: object) -> Decimal:
    """Return the number in its shortest form: `4.000` is 4."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise UnreadableError("an amount is not a number") from None
    if not number.is_finite():
        raise UnreadableError("an amount is not finite")
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def moment(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise UnreadableError("a time is not ISO 8601") from None
    if parsed.tzinfo is None:
        raise UnreadableError("a time has no offset")
    return parsed


def order(answer: Answer) -> BrokerOrder:
    status = str(_get(answer, "status"))
    average = answer.get("filled_avg_price")
    return BrokerOrder(
        order_id=str(_get(answer, "id")),
        client_order_id=str(_get(answer, "client_order_id")),
        symbol=str(_get(answer, "symbol")),
        side=_side(_get(answer, "side")),
        status=_STATUSES.get(status, OrderStatus.OPEN),
        filled_quantity=amount(_get(answer, "filled_qty")),
        filled_average_price=amount(average) if average is not None else None,
        detail=f"Alpaca states the order {status}" if status in _ODD_ENDS else "",
    )


_ODD_ENDS = {"canceled", "replaced", "expired", "rejected"}


def update(message: Answer) -> OrderUpdate:
    """Read a message of the trade_updates stream."""
    data = _get(message, "data")
    stated = order(_get(data, "order"))
    fill = None
    if _get(data, "event") in ("fill", "partial_fill"):
        fill = BrokerFill(
            order_id=stated.order_id,
            symbol=stated.symbol,
            side=stated.side,
            quantity=amount(_get(data, "qty")),
            cumulative=stated.filled_quantity,
            price=amount(_get(data, "price")),
            filled_at=moment(_get(data, "timestamp")),
            execution_id=_text_or_none(data.get("execution_id")),
        )
    return OrderUpdate(order=stated, fill=fill)


def fill(activity: Answer) -> BrokerFill:
    """Read a FILL activity."""
    return BrokerFill(
        order_id=str(_get(activity, "order_id")),
        symbol=str(_get(activity, "symbol")),
        side=_side(_get(activity, "side")),
        quantity=amount(_get(activity, "qty")),
        cumulative=amount(_get(activity, "cum_qty")),
        price=amount(_get(activity, "price")),
        filled_at=moment(_get(activity, "transaction_time")),
        execution_id=str(_get(activity, "id")).rpartition("::")[2],
    )


def cash(activity: Answer) -> CashActivity | None:
    """Read a non-trade activity; None where it moves no cash.

    Kinds are those of Alpaca's schema `ActivityType`; one that is not known is another.
    """
    word, net = str(_get(activity, "activity_type")), activity.get("net_amount")
    if net is None or amount(net) == 0:
        return None
    return CashActivity(
        activity_id=str(_get(activity, "id")),
        activity=word,
        kind=_CASH_KINDS.get(word, CashKind.OTHER),
        amount=amount(net),
        symbol=parse_symbol(str(activity.get("symbol") or "")),
        booked_at=moment(activity.get("created_at") or _noon(_get(activity, "date"))),
        is_cancelled=activity.get("status") == "canceled",
    )


def _noon(day: object) -> str:
    """Return a moment that is of the same day in New York all year round."""
    return f"{str(day)[:10]}T17:00:00Z"


_CASH_KINDS = {
    **dict.fromkeys(("CSD", "CSW", "TRANS", "JNL", "JNLC", "ACATC", "OCT"), CashKind.TRANSFER),
    **dict.fromkeys(
        ("DIV", "DIVCGL", "DIVCGS", "DIVFT", "DIVNRA", "DIVROC", "DIVTW", "DIVTXEX", "CGD"),
        CashKind.DIVIDEND,
    ),
    **dict.fromkeys(("INT", "INTNRA", "INTTW"), CashKind.INTEREST),
    **dict.fromkeys(("FEE", "CFEE", "DIVFEE", "PTC", "PTR"), CashKind.FEE),
}


def events(lines: Iterable[str]) -> list[AccountEvent]:
    """Read a bounded answer of the activity events, which is a stream of server-sent events.

    A comment says that something is missing (Alpaca drops events, or breaks off).
    """
    found = []
    for line in lines:
        if line.startswith(":"):
            raise UnreadableError(f"the events are not complete{line}")
        if line.startswith("data:"):
            event = _event(_json(line.removeprefix("data:")))
            if event is not None:
                found.append(event)
    return found


def _event(stated: Answer) -> AccountEvent | None:
    details = _get(stated, "details")
    if _get(stated, "activity_type") == "SPLIT":
        ratio = amount(_get(details, "new_rate")) / amount(_get(details, "old_rate"))
        return SplitNotice(str(_get(details, "symbol")), ratio)
    execution_type = details.get("execution_type")
    if execution_type not in _UNDOINGS:
        return None
    return Undoing(
        undoing_id=str(_get(stated, "ref_id")),
        execution_id=_text_or_none(stated.get("previous_id")),
        order_id=str(_get(details, "order_id")),
        quantity=amount(_get(stated, "qty")),
        price=amount(_get(stated, "price")),
        is_correction=execution_type == "trade_correct",
        at=moment(_get(stated, "executed_at")),
    )


_UNDOINGS = {"trade_bust", "trade_correct"}


def position(answer: Answer) -> BrokerPosition:
    quantity = abs(amount(_get(answer, "qty")))
    return BrokerPosition(
        symbol=str(_get(answer, "symbol")),
        quantity=-quantity if _get(answer, "side") == "short" else quantity,
        average_price=amount(_get(answer, "avg_entry_price")),
        current_price=_amount_or_none(answer.get("current_price")),
        market_value=_amount_or_none(answer.get("market_value")),
        unrealized_pl=_amount_or_none(answer.get("unrealized_pl")),
    )


def account(answer: Answer) -> Account:
    blocks = ("account_blocked", "trading_blocked", "trade_suspended_by_user")
    blocked = [name for name in blocks if answer.get(name)]
    if _get(answer, "status") != "ACTIVE":
        blocked.append(f"status {answer['status']}")
    return Account(
        account_number=str(_get(answer, "account_number")),
        cash=amount(_get(answer, "cash")),
        equity=amount(_get(answer, "equity")),
        last_equity=amount(_get(answer, "last_equity")),
        buying_power=amount(_get(answer, "buying_power")),
        blocked=", ".join(blocked) or None,
    )


def asset(answer: Answer) -> Asset:
    borrow = answer.get("borrow_status")
    easy = borrow == "easy_to_borrow" if borrow is not None else bool(answer.get("easy_to_borrow"))
    return Asset(
        symbol=str(_get(answer, "symbol")),
        tradable=bool(_get(answer, "tradable")) and _get(answer, "status") == "active",
        fractionable=bool(_get(answer, "fractionable")),
        shortable=bool(_get(answer, "shortable")) and easy,
    )


def clock(answer: Answer) -> datetime:
    """Read what Alpaca takes for the time."""
    return moment(_get(answer, "timestamp"))


def hours(answer: Answer) -> MarketHours:
    return MarketHours(
        is_open=bool(_get(answer, "is_open")),
        next_open=moment(_get(answer, "next_open")),
        next_close=moment(_get(answer, "next_close")),
    )


def quote(answer: Answer) -> Quote | None:
    """Read a latest quote; one with an empty side (a zero price) is no quote."""
    bid, ask = amount(_get(answer, "bp")), amount(_get(answer, "ap"))
    return Quote(bid=bid, ask=ask) if bid > 0 and ask > 0 else None


def bar(answer: Answer) -> Bar:
    """Read a bar of the historical market data."""
    return Bar(
        start=moment(_get(answer, "t")),
        open=amount(_get(answer, "o")),
        high=amount(_get(answer, "h")),
        low=amount(_get(answer, "l")),
        close=amount(_get(answer, "c")),
    )


def _get(answer: Answer, name: str) -> Any:
    if not isinstance(answer, Mapping) or answer.get(name) is None:
        raise UnreadableError(f"{name} is missing")
    return answer[name]


def _side(value: object) -> Side:
    return Side.SELL if value in _SELLS else Side.BUY


def _json(text: str) -> Answer:
    try:
        answer: Answer = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise UnreadableError("an event is no JSON") from None
    return answer


def _text_or_none(value: object) -> str | None:
    return str(value) if value is not None else None


def _amount_or_none(value: object) -> Decimal | None:
    return amount(value) if value is not None else None

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from novalgo_analytics.accounting.ledger import Ledger, build
from novalgo_analytics.accounting.movement import Movement, movement_of_fill
from novalgo_analytics.performance import WINDOW, performance_rows
from novalgo_common.events import FillRecorded, Side
from tests.builders import NOON, SYMBOL, a_fill

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def ledgers(*fills: FillRecorded) -> dict[str, Ledger]:
    symbols = {fill.symbol for fill in fills}
    return {symbol: build(_movements(symbol, fills)) for symbol in symbols}


def _movements(symbol: str, fills: Iterable[FillRecorded]) -> list[Movement]:
    return [movement_of_fill(fill) for fill in fills if fill.symbol == symbol]


def round_trip(order: str, result: str, **changes: object) -> list[FillRecorded]:
    """Return fills of one share, bought at 100 and sold to earn `result`."""
    at = changes.pop("at", NOON)
    sale: dict[str, object] = {
        "side": Side.SELL,
        "quantity": Decimal(1),
        "price": 100 + Decimal(result),
        "client_order_id": order,
        "filled_at": at,
    }
    purchase = sale | {
        "side": Side.BUY,
        "price": Decimal(100),
        "client_order_id": f"{order}-open",
        "filled_at": at - MINUTE,  # type: ignore[operator]
    }
    return [a_fill(**(purchase | changes)), a_fill(**(sale | changes))]


def test_a_row_counts_the_trades_and_sums_what_they_earned() -> None:
    fills = [
        *round_trip("a", "12.50"),
        *round_trip("b", "-4.25", at=NOON + DAY),
        *round_trip("c", "0", at=NOON + 2 * DAY),
    ]

    [row] = performance_rows(ledgers(*fills), NOON + 3 * DAY)

    assert row.symbol == SYMBOL
    assert (row.total_trades, row.winning_trades, row.losing_trades) == (3, 1, 1)
    assert row.total_pnl == Decimal("8.25")
    assert (row.best_trade, row.worst_trade) == (Decimal("12.50"), Decimal("-4.25"))


def test_the_partial_fills_of_one_closing_order_are_one_trade() -> None:
    part: dict[str, object] = {"client_order_id": "exit", "side": Side.SELL}
    fills = [
        a_fill(quantity=Decimal(10), price=Decimal(100)),
        a_fill(**part, quantity=Decimal(4), price=Decimal(99), filled_at=NOON + MINUTE),
        a_fill(**part, quantity=Decimal(6), price=Decimal(102), filled_at=NOON + 2 * MINUTE),
    ]

    [row] = performance_rows(ledgers(*fills), NOON + DAY)

    assert (row.total_trades, row.total_pnl) == (1, Decimal(8))


def test_a_trade_by_hand_is_counted_under_the_broker_s_order_id() -> None:
    by_hand: dict[str, object] = {"client_order_id": None, "timeframe": None}
    fills = [
        *round_trip("ours", "1"),
        *round_trip("x", "2", order_id="hand-1", at=NOON + DAY, **by_hand),
    ]

    [row] = performance_rows(ledgers(*fills), NOON + 2 * DAY)

    assert (row.total_trades, row.total_pnl) == (2, Decimal(3))


def test_only_what_was_closed_in_the_last_thirty_days_is_told() -> None:
    now = NOON + 60 * DAY
    fills = [
        *round_trip("old", "50", at=now - WINDOW - MINUTE),
        *round_trip("new", "7", at=now - WINDOW),
    ]

    [row] = performance_rows(ledgers(*fills), now)

    assert (row.total_trades, row.total_pnl) == (1, Decimal(7))


def test_shares_bought_before_the_window_keep_their_cost() -> None:
    now = NOON + 60 * DAY
    fills = [
        a_fill(quantity=Decimal(1), price=Decimal(100), filled_at=NOON),
        a_fill(quantity=Decimal(1), price=Decimal(180), side=Side.SELL, filled_at=now),
    ]

    [row] = performance_rows(ledgers(*fills), now)

    assert row.total_pnl == 80


def test_each_symbol_has_its_row_in_the_order_of_the_alphabet() -> None:
    fills = [*round_trip("a", "1", symbol="TSLA"), *round_trip("b", "2", symbol="AMD")]

    rows = performance_rows(ledgers(*fills), NOON + DAY)

    assert [row.symbol for row in rows] == ["AMD", "TSLA"]


def test_without_a_closed_trade_there_is_no_row() -> None:
    assert performance_rows({}, NOON) == ()
    assert performance_rows(ledgers(a_fill()), NOON) == ()

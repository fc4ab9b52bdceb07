"""What trades come to, with answers that can be checked by hand."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.trades import Trade, trades
from novalgo_analytics.measures.activity import activity, traded_dollars
from novalgo_analytics.measures.groups import (
    by_hour,
    by_side,
    by_symbol,
    by_timeframe,
    by_weekday,
    by_weekday_and_hour,
)
from novalgo_analytics.measures.trading import trade_numbers
from tests.builders import NOON
from tests.unit.analytics.test_ledger import bought, sold

HOUR = timedelta(hours=1)


def a_trade(realised: str, **changes: object) -> Trade:
    ordinary: dict[str, object] = {
        "symbol": "AAPL",
        "timeframe": "15 Min",
        "order": "nova-close-1",
        "is_long": True,
        "quantity": Decimal(10),
        "entry_price": Decimal(100),
        "exit_price": Decimal(100) + Decimal(realised) / 10,
        "opened_at": NOON,
        "closed_at": NOON + HOUR,
        "realised": Decimal(realised),
    }
    return Trade(**(ordinary | changes))  # type: ignore[arg-type]


def test_the_numbers_of_a_few_trades() -> None:
    found = trade_numbers([a_trade(each) for each in ("10", "-5", "20", "0", "-15", "-10")])

    assert (found.trades, found.won, found.lost, found.even) == (6, 2, 3, 1)
    assert found.gross_profit == -found.gross_loss == 30
    assert found.realised == 0
    assert found.win_rate == pytest.approx(2 / 6)
    assert found.profit_factor == 1
    assert found.expectancy == 0
    assert found.average_win == 15
    assert found.average_loss == -10
    assert found.payoff == 1.5
    assert found.best is not None
    assert found.worst is not None
    assert found.best.realised == 20
    assert found.worst.realised == -15


def test_streaks_are_rows_of_one_outcome() -> None:
    found = trade_numbers([a_trade(each) for each in ("1", "1", "-1", "-1", "-1", "0", "2")])

    assert (found.longest_winning, found.longest_losing, found.current) == (2, 3, 1)


def test_no_trade_is_not_enough_data() -> None:
    found = trade_numbers([])

    assert (found.win_rate, found.profit_factor, found.expectancy, found.payoff) == (None,) * 4
    assert found.best is found.worst is None
    assert found.current == found.realised == 0


def test_trades_that_all_won_have_no_profit_factor() -> None:
    found = trade_numbers([a_trade("5")])

    assert (found.win_rate, found.profit_factor, found.payoff) == (1, None, None)


def test_a_trade_is_all_that_one_order_closed() -> None:
    ledger = build(
        [bought("10", "100"), bought("30", "104"), sold("20", "110", client_order_id="out")]
    )

    [trade] = trades(ledger.account.closings)

    assert trade.order == "out"
    assert trade.is_long
    assert trade.quantity == 20
    assert trade.entry_price == 102
    assert trade.exit_price == 110
    assert trade.realised == 160
    assert trade.gain == Decimal(160) / 2040


def test_groups_add_up_to_all() -> None:
    given = [
        a_trade("5"),
        a_trade("-3", symbol="MSFT", is_long=False, timeframe="1 Hour"),
        a_trade("7", timeframe=None, opened_at=NOON + 26 * HOUR),
    ]

    for grouped in (by_symbol, by_timeframe, by_side, by_weekday, by_hour):
        assert sum(group.numbers.realised for group in grouped(given)) == 9
    assert [group.name for group in by_timeframe(given)] == ["15 Min", "1 Hour", "EXTERNAL"]
    assert [group.name for group in by_weekday(given)] == ["Wednesday", "Thursday"]
    assert [group.name for group in by_hour(given)] == ["09:00", "11:00"]
    assert by_weekday_and_hour(given)[2, 9].realised == 2


def test_a_late_evening_in_new_york_is_still_its_day() -> None:
    evening = datetime.fromisoformat("2026-11-12T02:00:00+00:00")

    [group] = by_weekday([a_trade("1", opened_at=evening)])

    assert group.name == "Wednesday"


def test_turnover_is_half_of_what_was_traded_by_the_mean_equity_in_a_year() -> None:
    from tests.unit.analytics.test_returns import a_day

    traded = traded_dollars([bought("10", "100"), sold("10", "100")])
    found = activity([a_day(number, "1000") for number in range(42)], traded)

    assert traded == 2000
    assert found.turnover == pytest.approx(252 / 42)
    assert found.exposure == 0.5
    assert activity([a_day(0, "1000")], traded).turnover is None
    assert activity([], Decimal(0)).exposure is None

"""Every chart is a picture of what it is given, and nothing where there is nothing."""

from datetime import timedelta
from decimal import Decimal

from novalgo_analytics.charts.comparison import comparison_chart
from novalgo_analytics.charts.distribution import distribution_chart
from novalgo_analytics.charts.equity import equity_chart
from novalgo_analytics.charts.heat import heat_chart
from novalgo_analytics.charts.style import dollar_tick
from novalgo_analytics.charts.symbols import symbols_chart
from novalgo_analytics.measures.drawdown import deepest
from novalgo_analytics.measures.groups import by_symbol, by_weekday_and_hour
from tests.builders import NOON
from tests.unit.analytics.test_returns import a_day, series
from tests.unit.analytics.test_trading import a_trade

PNG = b"\x89PNG\r\n"


def test_every_chart_is_a_picture() -> None:
    returns = series(0.01, -0.02, 0.005, 0.01)
    days = [a_day(number, str(1000 + number)) for number in range(4)]
    trades = [
        a_trade(str(amount), symbol=symbol, opened_at=NOON + timedelta(hours=6 * (amount % 5)))
        for amount, symbol in zip((5, -3, 12, 1, -8, 40), "ABCABC", strict=True)
    ]

    drawn = [
        equity_chart(days, returns, deepest(returns)),
        comparison_chart("SPY", returns, series(0.0, 0.01, -0.01, 0.02)),
        symbols_chart(by_symbol(trades)),
        distribution_chart([float(trade.realised) for trade in trades]),
        heat_chart(by_weekday_and_hour(trades)),
    ]

    assert all(image is not None and image.startswith(PNG) for image in drawn)


def test_without_data_there_is_no_chart() -> None:
    assert equity_chart([a_day(0, "1")], series(0.1), None) is None
    assert comparison_chart("SPY", series(0.1, 0.1), []) is None
    assert symbols_chart(()) is None
    assert distribution_chart([1.0, 2.0]) is None
    assert distribution_chart([1.0] * 9) is None
    assert heat_chart({}) is None


def test_one_windfall_does_not_break_the_distribution() -> None:
    assert distribution_chart([*range(400), 1e9]) is not None


def test_a_tick_is_short() -> None:
    ticks = [dollar_tick(float(value)) for value in (Decimal("1250000"), 12500, -300, 0.5, 0)]

    assert ticks == ["$1.25M", "$12.5k", "\N{MINUS SIGN}$300", "$0.50", "$0"]

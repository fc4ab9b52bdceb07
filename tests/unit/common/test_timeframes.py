from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novalgo_common.timeframes import length, parse_timeframe


@pytest.mark.parametrize(
    ("text", "timeframe"),
    [
        pytest.param("15", "15 Min", id="TradingView's interval is bare minutes"),
        pytest.param("15m", "15 Min", id="m is a minute"),
        pytest.param("1M", "1 Month", id="M is a month"),
        pytest.param("M", "1 Month", id="a bare M too"),
        pytest.param("15 Min", "15 Min", id="the sheet's own"),
        pytest.param(" 15MIN ", "15 Min", id="capitals and blanks do not matter otherwise"),
        pytest.param("15 minutes", "15 Min", id="in words"),
        pytest.param("60", "1 Hour", id="sixty minutes are an hour"),
        pytest.param("240", "4 Hour", id="and 240 are four"),
        pytest.param("90", "90 Min", id="ninety are no whole hours"),
        pytest.param("1h", "1 Hour", id="h"),
        pytest.param("D", "1 Day", id="D"),
        pytest.param("1D", "1 Day", id="1D"),
        pytest.param("1W", "1 Week", id="1W"),
        pytest.param("30S", "30 Sec", id="seconds"),
    ],
)
def test_an_interval_has_one_name(text: str, timeframe: str) -> None:
    assert parse_timeframe(text) == timeframe
    assert parse_timeframe(timeframe) == timeframe


@pytest.mark.parametrize("text", ["", " ", "0", "0 Min", "abc", "-5", "1.5", "15x", "١٥", "99999"])
def test_what_is_not_certainly_an_interval_is_none(text: str) -> None:
    assert parse_timeframe(text) is None


@given(st.text())
def test_any_text_is_an_interval_or_none(text: str) -> None:
    parsed = parse_timeframe(text)

    assert parsed is None or parse_timeframe(parsed) == parsed


def test_a_timeframe_lasts_as_long_as_its_bar() -> None:
    assert length("45 Min") == timedelta(minutes=45)
    assert length("2 Day") == timedelta(days=2)

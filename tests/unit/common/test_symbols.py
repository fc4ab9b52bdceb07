import pytest

from novalgo_common.symbols import parse_symbol


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        pytest.param("AAPL", "AAPL", id="plain"),
        pytest.param(" aapl ", "AAPL", id="lower case and blanks"),
        pytest.param("NASDAQ:AAPL", "AAPL", id="with its exchange"),
        pytest.param("NYSE_DLY:F", "F", id="with a delayed exchange"),
        pytest.param("NYSE:BRK.B", "BRK.B", id="a class share"),
        pytest.param("BRK/B", "BRK.B", id="a class share with a stroke"),
        pytest.param("brk-b", "BRK.B", id="a class share with a dash"),
        pytest.param("NAN", "NAN", id="a ticker that reads like no number"),
        pytest.param("TRUE", "TRUE", id="a ticker that reads like a truth"),
    ],
)
def test_a_stock_has_one_name(text: str, symbol: str) -> None:
    assert parse_symbol(text) == symbol


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("BTCUSD", id="a crypto pair"),
        pytest.param("BTC/USD", id="a crypto pair with a stroke"),
        pytest.param("MNQ1!", id="a future"),
        pytest.param("BINANCE:ETHUSDT.P", id="a perpetual"),
        pytest.param("{{ticker}}", id="an unexpanded placeholder"),
        pytest.param("АAPL", id="a Cyrillic letter"),
        pytest.param("ſ", id="a letter that becomes ASCII when raised"),
        pytest.param("AAPL\x00", id="a NUL"),
        pytest.param("=A1", id="a formula"),
    ],
)
def test_what_is_no_us_stock_is_none(text: str) -> None:
    assert parse_symbol(text) is None

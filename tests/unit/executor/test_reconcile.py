from decimal import Decimal

from novalgo_executor.broker import BrokerPosition
from novalgo_executor.reconcile import Known, adopt, drift
from tests.builders import a_config_row

PRICE = Decimal("201.50")


def a_broker_position(symbol: str, quantity: int) -> BrokerPosition:
    return BrokerPosition(
        symbol=symbol,
        quantity=Decimal(quantity),
        average_price=PRICE,
        current_price=PRICE,
        market_value=PRICE * quantity,
        unrealized_pl=Decimal(0),
    )


def known(in_books: int, external: int = 0) -> Known:
    return Known(in_books=Decimal(in_books), external=Decimal(external))


def test_books_and_remainder_that_make_up_the_position_are_no_drift() -> None:
    positions = [a_broker_position("AAPL", 7), a_broker_position("TSLA", -3)]

    assert drift(positions, {"AAPL": known(10, -3), "TSLA": known(-3)}) == {}


def test_drift_is_what_the_broker_has_beyond_our_books() -> None:
    found = drift([a_broker_position("AAPL", 7)], {"AAPL": known(4), "TSLA": known(-3)})

    assert found == {"AAPL": (Decimal(3), PRICE), "TSLA": (Decimal(3), Decimal(0))}


def test_a_position_from_before_goes_to_the_only_active_row() -> None:
    rows = [a_config_row(), a_config_row(timeframe="30 Min", active=False)]

    assert adopt("AAPL", Decimal(7), PRICE, known=None, rows=rows).timeframe == "15 Min"


def test_a_position_from_before_with_two_active_rows_stays_external() -> None:
    rows = [a_config_row(), a_config_row(timeframe="30 Min")]

    assert adopt("AAPL", Decimal(7), PRICE, known=None, rows=rows).timeframe is None


def test_drift_of_a_symbol_that_we_traded_stays_external() -> None:
    rows = [a_config_row()]

    assert adopt("AAPL", Decimal(3), PRICE, known=known(4), rows=rows).timeframe is None

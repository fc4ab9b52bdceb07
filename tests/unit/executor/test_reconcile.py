from datetime import timedelta
from decimal import Decimal

from novalgo_common.events import OrderStatus
from novalgo_executor.allocate import Holdings
from novalgo_executor.broker import BrokerPosition
from novalgo_executor.reconcile import drift, is_given_up
from tests.builders import NOON
from tests.unit.executor.builders import an_order

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


def known(in_book: int, external: int = 0) -> Holdings:
    return Holdings(books={"15 Min": Decimal(in_book)}, external=Decimal(external))


def test_books_and_remainder_that_make_up_the_position_are_no_drift() -> None:
    positions = [a_broker_position("AAPL", 7), a_broker_position("TSLA", -3)]

    assert drift(positions, {"AAPL": known(10, -3), "TSLA": known(-3)}) == {}


def test_drift_is_what_the_broker_has_beyond_our_books() -> None:
    found = drift([a_broker_position("AAPL", 7)], {"AAPL": known(4), "TSLA": known(-3)})

    assert found == {"AAPL": (Decimal(3), PRICE), "TSLA": (Decimal(3), Decimal(0))}


def test_an_order_that_alpaca_has_denied_for_five_minutes_keeps_no_drift_from_repair() -> None:
    denied = an_order(status=OrderStatus.UNKNOWN, missing_since=NOON)

    assert not is_given_up(denied, timedelta(minutes=4))
    assert is_given_up(denied, timedelta(minutes=5))


def test_an_order_that_alpaca_knows_is_never_given_up() -> None:
    assert not is_given_up(an_order(status=OrderStatus.OPEN), timedelta(days=9))

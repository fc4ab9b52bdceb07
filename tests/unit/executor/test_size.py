from decimal import Decimal

import pytest

from novalgo_common.events import Action, Sizing
from novalgo_executor.broker import Quote
from novalgo_executor.size import Size, size_entry, size_row, too_small
from tests.builders import a_config_row

QUOTE = Quote(bid=Decimal("99.98"), ask=Decimal("100.02"))


def test_dollars_are_rounded_down_to_the_cent() -> None:
    size = size_entry(Action.BUY, Decimal("1000.009"), QUOTE, in_dollars=True)

    assert size == Size(notional=Decimal("1000.00"))


def test_less_than_a_dollar_is_too_small() -> None:
    assert size_entry(Action.BUY, Decimal("0.999"), QUOTE, in_dollars=True) is None


@pytest.mark.parametrize(
    ("action", "dollars", "shares"),
    [
        pytest.param(Action.BUY, "1000.20", 10, id="a long pays the ask"),
        pytest.param(Action.BUY, "1000.19", 9, id="and never more than its dollars"),
        pytest.param(Action.SELL, "999.80", 10, id="a short gets the bid"),
        pytest.param(Action.SELL, "999.79", 9, id="and never more than its dollars, too"),
    ],
)
def test_whole_shares_are_as_many_as_the_dollars_pay_for(
    action: Action, dollars: str, shares: int
) -> None:
    size = size_entry(action, Decimal(dollars), QUOTE, in_dollars=False)

    assert size == Size(quantity=Decimal(shares))


def test_less_than_a_share_is_too_small() -> None:
    assert size_entry(Action.SELL, Decimal(99), QUOTE, in_dollars=True) is None


EQUITY = Decimal(50_000)


def dollars(amount: int) -> Size:
    return Size(notional=Decimal(amount))


def shares(number: str) -> Size:
    return Size(quantity=Decimal(number))


@pytest.mark.parametrize(
    ("action", "row", "in_dollars", "size"),
    [
        pytest.param(Action.BUY, {}, True, dollars(5000), id="dollars"),
        pytest.param(Action.BUY, {"sizing": "shares"}, False, shares("5000"), id="shares"),
        pytest.param(
            Action.BUY,
            {"sizing": "shares", "position_size": "1.5"},
            True,
            shares("1.5"),
            id="a fraction of one",
        ),
        pytest.param(
            Action.SELL,
            {"sizing": "shares", "position_size": "1.5"},
            True,
            shares("1"),
            id="but not of a short one",
        ),
        pytest.param(
            Action.BUY, {"sizing": "shares", "position_size": "0.5"}, False, None, id="half a share"
        ),
        pytest.param(
            Action.BUY,
            {"sizing": "percent", "position_size": "4"},
            True,
            dollars(2000),
            id="percent",
        ),
        pytest.param(
            Action.SELL,
            {"sizing": "risk", "position_size": "100", "stop_distance": "2.50"},
            True,
            shares("40"),
            id="a stop 2.50 away loses 100 on 40 shares",
        ),
    ],
)
def test_a_row_can_say_its_size_in_several_ways(
    action: Action, row: dict[str, str], in_dollars: bool, size: Size | None
) -> None:
    assert size_row(action, a_config_row(**row), QUOTE, EQUITY, in_dollars=in_dollars) == size


@pytest.mark.parametrize(
    ("row", "in_dollars", "size"),
    [
        pytest.param({}, True, dollars(1000), id="dollars"),
        pytest.param({"sizing": "shares"}, False, shares("9"), id="shares"),
        pytest.param({"sizing": "percent"}, True, dollars(1000), id="percent"),
        pytest.param({"sizing": "risk", "stop_distance": "2.50"}, False, shares("9"), id="risk"),
    ],
)
def test_no_way_of_sizing_takes_more_than_the_rows_limit(
    row: dict[str, str], in_dollars: bool, size: Size
) -> None:
    limited = a_config_row(max_position=Decimal(1000), **row)

    assert size_row(Action.BUY, limited, QUOTE, EQUITY, in_dollars=in_dollars) == size


def test_an_account_without_equity_buys_nothing_by_percent() -> None:
    row = a_config_row(position_size=Decimal(4), sizing=Sizing.PERCENT)

    assert size_row(Action.BUY, row, QUOTE, Decimal(-5), in_dollars=True) is None


def test_what_is_too_small_says_what_was_asked_for() -> None:
    row = a_config_row(position_size=Decimal("0.5"), sizing=Sizing.SHARES)

    assert too_small(row, QUOTE, EQUITY) == "0.5 shares are less than one share at 100.02"

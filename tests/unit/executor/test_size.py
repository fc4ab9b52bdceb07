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


@pytest.mark.parametrize(
    ("action", "row", "fractions", "size"),
    [
        pytest.param(Action.BUY, {"position_size": "5000"}, True, "$5000", id="dollars"),
        pytest.param(
            Action.BUY, {"position_size": "10", "sizing": "shares"}, False, "10", id="shares"
        ),
        pytest.param(
            Action.BUY, {"position_size": "1.5", "sizing": "shares"}, True, "1.5", id="a fraction"
        ),
        pytest.param(
            Action.SELL, {"position_size": "1.5", "sizing": "shares"}, True, "1", id="no short one"
        ),
        pytest.param(
            Action.BUY, {"position_size": "4", "sizing": "percent"}, True, "$2000", id="percent"
        ),
        pytest.param(
            Action.SELL, {"position_size": "4", "sizing": "percent"}, True, "20", id="and short"
        ),
        pytest.param(
            Action.BUY,
            {"position_size": "100", "sizing": "risk", "stop_distance": "2.50"},
            False,
            "40",
            id="a stop 2.50 away loses 100 on 40 shares",
        ),
        pytest.param(
            Action.SELL,
            {"position_size": "100", "sizing": "risk", "stop_distance": "2.50"},
            True,
            "40",
            id="short too",
        ),
        pytest.param(
            Action.BUY,
            {
                "position_size": "100",
                "sizing": "risk",
                "stop_distance": "2.50",
                "max_position": "1000.20",
            },
            False,
            "10",
            id="a limit makes risk smaller",
        ),
        pytest.param(
            Action.BUY,
            {"position_size": "100", "sizing": "shares", "max_position": "1000.20"},
            False,
            "10",
            id="and shares",
        ),
        pytest.param(
            Action.BUY,
            {"position_size": "5000", "max_position": "1000"},
            True,
            "$1000",
            id="and dollars",
        ),
        pytest.param(
            Action.BUY, {"position_size": "0.5", "sizing": "shares"}, False, None, id="half a share"
        ),
    ],
)
def test_a_row_can_say_its_size_in_several_ways(
    action: Action, row: dict[str, str], fractions: bool, size: str | None
) -> None:
    found = size_row(action, a_config_row(**row), QUOTE, EQUITY, in_dollars=fractions)

    if size is None:
        assert found is None
    elif size.startswith("$"):
        assert found == Size(notional=Decimal(size[1:]))
    else:
        assert found == Size(quantity=Decimal(size))


def test_an_account_without_equity_buys_nothing_by_percent() -> None:
    row = a_config_row(position_size=Decimal(4), sizing=Sizing.PERCENT)

    assert size_row(Action.BUY, row, QUOTE, Decimal(-5), in_dollars=True) is None


def test_what_is_too_small_says_what_was_asked_for() -> None:
    row = a_config_row(position_size=Decimal("0.5"), sizing=Sizing.SHARES)

    assert too_small(row, QUOTE, EQUITY) == "0.5 shares are less than one share at 100.02"

from decimal import Decimal

import pytest

from novalgo_common.events import Action
from novalgo_executor.broker import Quote
from novalgo_executor.size import Size, size_entry

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

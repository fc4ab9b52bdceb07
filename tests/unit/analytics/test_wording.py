"""How numbers read."""

from decimal import Decimal

import pytest

from novalgo_analytics import wording
from tests.builders import NOON


@pytest.mark.parametrize(
    ("amount", "read", "tone"),
    [
        pytest.param("1234.5", "+$1,234.50", "up", id="a gain has its sign"),
        pytest.param("-3", "\N{MINUS SIGN}$3.00", "down", id="and a loss"),
        pytest.param("0", "$0.00", "flat", id="nothing has none"),
        pytest.param("-0.004", "$0.00", "flat", id="less than half a cent is nothing"),
        pytest.param("0.005", "+$0.01", "up", id="half a cent is one"),
    ],
)
def test_gains_and_losses_read_without_their_colour(amount: str, read: str, tone: str) -> None:
    assert wording.gain(Decimal(amount)) == read
    assert wording.tone(Decimal(amount)) == tone


@pytest.mark.parametrize(
    ("quantity", "read"),
    [
        ("25", "25"),
        ("100", "100"),
        ("-0.333333333", "\N{MINUS SIGN}0.333333"),
        ("1200.5", "1,200.5"),
    ],
)
def test_shares_read_without_empty_decimals(quantity: str, read: str) -> None:
    assert wording.shares(Decimal(quantity)) == read


def test_times_read_in_pacific_time() -> None:
    assert wording.moment(NOON) == "Nov 11 09:00:00"

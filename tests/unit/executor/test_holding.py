from decimal import Decimal

import pytest

from novalgo_executor.holding import Holding


@pytest.mark.parametrize(
    ("trades", "quantity", "cost", "realised"),
    [
        pytest.param([(10, 100), (10, 110)], 20, 2100, 0, id="buying adds to the cost"),
        pytest.param([(10, 100), (-4, 110)], 6, 600, 40, id="a partial sale realises its part"),
        pytest.param([(10, 100), (-10, 90)], 0, 0, -100, id="a sale at a loss"),
        pytest.param([(-10, 100), (10, 90)], 0, 0, 100, id="a short that fell"),
        pytest.param([(-10, 100), (4, 110)], -6, -600, -40, id="a part of a short that rose"),
        pytest.param([(10, 100), (-15, 110)], -5, -550, 100, id="across zero"),
    ],
)
def test_what_is_closed_is_realised_at_average_cost(
    trades: list[tuple[int, int]], quantity: int, cost: int, realised: int
) -> None:
    holding, total = Holding(), Decimal(0)

    for signed, price in trades:
        holding, earned = holding.after(Decimal(signed), Decimal(price))
        total += earned

    assert holding == Holding(Decimal(quantity), Decimal(cost))
    assert total == realised

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from novalgo_simulator.broker.account import Valuation
from novalgo_simulator.broker.amount import ZERO
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import OrderType, PositionIntent, Side, TimeInForce
from novalgo_simulator.broker.rules import refusal
from novalgo_simulator.market.assets import TRAITS
from tests.unit.simulator.alpaca_builders import a_request, an_order, standing

SELL: dict[str, Any] = {"side": Side.SELL}
POOR = Valuation(cash=Decimal("1999.99"), long_value=ZERO, short_value=ZERO)


def limit(price: str, **changes: Any) -> dict[str, Any]:
    return {"type": OrderType.LIMIT, "limit_price": Decimal(price), **changes}


def refused(found: Refusal | None) -> tuple[int, int | None, str]:
    assert found is not None
    return found.status, found.code, found.message


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        pytest.param({}, 0, id="a long opens"),
        pytest.param(SELL, 0, id="a short opens"),
        pytest.param(SELL, 10, id="a long closes to the last share"),
        pytest.param({}, -10, id="a short closes to the last share"),
        pytest.param({}, 5, id="a long grows"),
        pytest.param(SELL, -5, id="a short grows"),
        pytest.param({"notional": Decimal("100.25")}, 0, id="a dollar order buys"),
        pytest.param({"qty": Decimal("0.000000001"), **SELL}, "0.000000001", id="dust is sold"),
        pytest.param({"notional": Decimal(1)}, 0, id="a dollar is enough"),
        pytest.param({"position_intent": PositionIntent.BUY_TO_CLOSE}, -10, id="the intent fits"),
    ],
)
def test_an_ordinary_order_is_accepted(asked: dict[str, Any], held: int | str) -> None:
    assert refusal(a_request(**asked), standing(held=held)) is None


@pytest.mark.parametrize(
    ("asked", "held", "status", "code", "message"),
    [
        pytest.param(
            SELL,
            9,
            403,
            40310000,
            "insufficient qty available for order (requested: 10, available: 9)",
            id="long to short",
        ),
        pytest.param(
            {},
            -9,
            403,
            40310000,
            "insufficient qty available for order (requested: 10, available: 9)",
            id="short to long",
        ),
        pytest.param(
            {"notional": Decimal("901"), **SELL},
            9,
            403,
            40310000,
            "insufficient qty available for order (requested: 9.01090109, available: 9)",
            id="long to short in dollars",
        ),
        pytest.param(
            {"qty": Decimal("0.5"), **SELL},
            0,
            422,
            42210000,
            "fractional orders cannot be sold short",
            id="a fractional short",
        ),
        pytest.param(
            {"notional": Decimal(100), **SELL},
            -1,
            422,
            42210000,
            "fractional orders cannot be sold short",
            id="a short in dollars",
        ),
        pytest.param(
            {"notional": Decimal("100.005")},
            0,
            422,
            42210000,
            "notional value must be limited to 2 decimal places",
            id="a fraction of a cent",
        ),
        pytest.param(
            {"notional": Decimal("0.99")},
            0,
            403,
            40310000,
            "cost basis must be >= minimal amount of order 1",
            id="less than a dollar",
        ),
        pytest.param(
            {"notional": Decimal(100), "time_in_force": TimeInForce.GTC},
            0,
            422,
            42210000,
            "fractional orders must be DAY orders",
            id="a dollar order beyond today",
        ),
        pytest.param(
            {"notional": Decimal(100), **limit("99.00")},
            0,
            422,
            42210000,
            "notional orders must be market orders",
            id="a dollar order with a limit",
        ),
        pytest.param(
            {"position_intent": PositionIntent.SELL_TO_CLOSE, **SELL},
            0,
            422,
            42210000,
            "position intent mismatch, inferred: sell_to_open, specified: sell_to_close",
            id="closing what is closed",
        ),
    ],
)
def test_an_order_that_alpaca_refuses_is_refused(
    asked: dict[str, Any], held: int, status: int, code: int, message: str
) -> None:
    found = refusal(a_request(**asked), standing(held=held))

    assert refused(found) == (status, code, message)


@pytest.mark.parametrize(
    ("symbol", "asked", "message"),
    [
        ("GONE", {}, 'asset "GONE" is not active'),
        ("NOSHT", SELL, 'asset "NOSHT" cannot be sold short'),
        ("HARDB", SELL, 'asset "HARDB" cannot be sold short'),
        (
            "HARDB",
            {"time_in_force": TimeInForce.GTC, **SELL},
            'only day orders are allowed for hard-to-borrow asset "HARDB"',
        ),
        ("BRK.A", {"notional": Decimal(100)}, 'asset "BRK.A" is not fractionable'),
        ("WHOLE", {"qty": Decimal("1.5")}, 'asset "WHOLE" is not fractionable'),
    ],
)
def test_an_asset_sets_its_own_limits(symbol: str, asked: dict[str, Any], message: str) -> None:
    found = refusal(a_request(symbol=symbol, **asked), standing(asset=TRAITS[symbol]))

    assert refused(found) == (422, 42210000, message)


def test_shares_held_by_an_open_order_cannot_be_sold_again() -> None:
    closing = an_order(held=10, qty=Decimal(7), **SELL)

    found = refusal(a_request(qty=Decimal(4), **SELL), standing(held=10, open_orders=(closing,)))

    assert found is not None
    assert found.body == {
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 4, available: 3)",
        "symbol": "AAPL",
        "available": "3",
        "existing_qty": "10",
        "held_for_orders": "7",
    }
    rest = a_request(qty=Decimal(3), **SELL)
    assert refusal(rest, standing(held=10, open_orders=(closing,))) is None


@pytest.mark.parametrize(
    ("existing", "asked"),
    [
        pytest.param({}, SELL, id="market against market"),
        pytest.param({}, limit("120.00", **SELL), id="limit against market"),
        pytest.param(limit("90.00"), SELL, id="market against limit"),
        pytest.param(limit("90.00"), limit("90.00", **SELL), id="limits that meet"),
        pytest.param(limit("90.00", **SELL), limit("90.00"), id="limits that meet, bought"),
    ],
)
def test_an_order_that_could_meet_an_own_one_is_a_wash_trade(
    existing: dict[str, Any], asked: dict[str, Any]
) -> None:
    working = an_order(held=20, **existing)

    found = refusal(a_request(**asked), standing(held=20, open_orders=(working,)))

    assert refused(found)[:2] == (403, 40310000)
    assert found is not None
    assert found.details["existing_order_id"] == str(working.id)


def test_limits_that_cannot_meet_may_work_on_both_sides() -> None:
    buying = an_order(held=20, **limit("90.00"))

    asked = a_request(**limit("110.00", **SELL))

    assert refusal(asked, standing(held=20, open_orders=(buying,))) is None


def test_a_short_cannot_open_beside_a_buy_that_rests() -> None:
    buying = an_order(**limit("90.00"))

    found = refusal(a_request(**limit("110.00", **SELL)), standing(open_orders=(buying,)))

    assert refused(found)[2] == "cannot open a short sell while a long buy order is open"


def test_shorting_needs_two_thousand_dollars_of_equity() -> None:
    asked = a_request(qty=Decimal(1), **SELL)

    assert refused(refusal(asked, standing(valuation=POOR)))[2] == (
        "account is not allowed to short"
    )
    enough = replace(POOR, cash=Decimal(2000))
    assert refusal(asked, standing(valuation=enough)) is None


def test_buying_power_bounds_what_opens() -> None:
    # Four times 100 000 dollars, at an ask of 100.01.
    fits, exceeds = a_request(qty=Decimal(3999)), a_request(qty=Decimal(4000))

    found = refusal(exceeds, standing())

    assert refusal(fits, standing()) is None
    assert found is not None
    assert found.body == {
        "code": 40310000,
        "message": "insufficient buying power",
        "buying_power": "400000",
        "cost_basis": "400040",
    }


def test_a_short_is_charged_three_percent_above_the_ask() -> None:
    # 400 000 / (100.01 * 1.03) = 3883.1
    assert refusal(a_request(qty=Decimal(3883), **SELL), standing()) is None
    assert refusal(a_request(qty=Decimal(3884), **SELL), standing()) is not None


def test_buying_power_never_stops_a_close() -> None:
    broke = Valuation(cash=Decimal(-900), long_value=Decimal(1000), short_value=ZERO)

    assert refusal(a_request(**SELL), standing(held=10, valuation=broke)) is None

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from novalgo_simulator.broker.exchange import cancel_requested, progress
from novalgo_simulator.broker.order import OrderType, Side, Status
from novalgo_simulator.market.prices import Quote
from tests.unit.simulator.alpaca_builders import NOON, a_moment, an_order

LIMIT: dict[str, Any] = {"type": OrderType.LIMIT, "limit_price": Decimal("95.00")}


def test_a_market_order_goes_to_the_market_and_fills() -> None:
    new, filled = progress(an_order(), a_moment())

    assert (new.event, filled.event) == ("new", "fill")
    assert filled.order.status is Status.FILLED
    assert filled.order.filled_avg_price == Decimal("100.01")
    assert filled.fill is not None
    assert (filled.fill.qty, filled.fill.cash) == (Decimal(10), Decimal("-1000.10"))


def test_a_filled_order_has_no_further_steps() -> None:
    *_, filled = progress(an_order(), a_moment())

    assert progress(filled.order, a_moment()) == []


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        pytest.param({"qty": Decimal(10)}, Decimal(3), id="whole shares stay whole"),
        pytest.param({"qty": Decimal("0.5")}, Decimal("0.166666666"), id="a fraction"),
        pytest.param({"notional": Decimal("100.01")}, Decimal("0.333333333"), id="dollars"),
    ],
)
def test_an_order_may_fill_in_two_parts(asked: dict[str, Any], first: Decimal) -> None:
    moment = a_moment(part=Decimal("0.333333333"))

    *_, partial = progress(an_order(**asked), moment)
    [rest] = progress(partial.order, moment)

    assert partial.fill is not None
    assert rest.fill is not None
    assert (partial.event, partial.order.status) == ("partial_fill", Status.PARTIALLY_FILLED)
    assert partial.fill.qty == first
    assert partial.fill.leaves_qty == rest.fill.qty
    assert (rest.order.status, rest.fill.leaves_qty) == (Status.FILLED, Decimal(0))
    assert rest.order.filled_qty == rest.fill.cum_qty == partial.fill.qty + rest.fill.qty


def test_a_single_share_fills_whole() -> None:
    *_, filled = progress(an_order(qty=Decimal(1)), a_moment(part=Decimal("0.5")))

    assert filled.event == "fill"


def test_the_rest_of_a_dollar_order_spends_what_is_left_at_the_new_price() -> None:
    order = an_order(notional=Decimal(1000))
    *_, partial = progress(order, a_moment(part=Decimal("0.5")))

    [rest] = progress(partial.order, a_moment(quote=Quote(Decimal("199.99"))))

    spent = rest.order.filled_cost
    assert rest.order.status is Status.FILLED
    assert Decimal(1000) - Decimal("0.000001") < spent <= 1000


def test_a_sale_in_dollars_takes_no_more_shares_when_the_price_falls() -> None:
    order = an_order(held=10, side=Side.SELL, notional=Decimal("999.90"))

    *_, filled = progress(order, a_moment(quote=Quote(Decimal("50.00"))))

    assert order.held_qty == 10
    assert (filled.order.status, filled.order.filled_qty) == (Status.FILLED, Decimal(10))


def test_a_limit_order_rests_until_its_price() -> None:
    [new] = progress(an_order(**LIMIT), a_moment())
    still = progress(new.order, a_moment(quote=Quote(Decimal("95.00"))))
    [filled] = progress(new.order, a_moment(quote=Quote(Decimal("94.99"))))

    assert still == []
    assert filled.order.filled_avg_price == Decimal("95.00")


def test_a_limit_sale_fills_at_the_better_bid() -> None:
    order = an_order(held=10, side=Side.SELL, **LIMIT)

    *_, filled = progress(order, a_moment())

    assert filled.order.filled_avg_price == Decimal("99.99")


def test_a_closed_market_keeps_an_order_waiting() -> None:
    order = an_order(is_open=False)

    assert order.status is Status.ACCEPTED
    assert progress(order, a_moment(is_open=False)) == []
    assert [step.event for step in progress(order, a_moment())] == ["new", "fill"]


def test_a_day_order_expires_when_its_day_ends() -> None:
    [new] = progress(an_order(**LIMIT), a_moment())
    ending = replace(new.order, expires_at=NOON + timedelta(hours=4))

    [expired] = progress(ending, a_moment(at=NOON + timedelta(hours=4), is_open=False))

    assert progress(ending, a_moment(at=NOON + timedelta(hours=3))) == []
    assert (expired.event, expired.order.status) == ("expired", Status.EXPIRED)
    assert expired.order.expired_at == NOON + timedelta(hours=4)


def test_an_order_being_canceled_does_not_fill_any_more() -> None:
    pending = cancel_requested(an_order(), NOON)

    [ended] = progress(pending.order, a_moment())

    assert pending.order.is_open
    assert (ended.event, ended.order.status) == ("canceled", Status.CANCELED)


def test_a_partly_filled_order_keeps_its_fill_when_canceled() -> None:
    *_, partial = progress(an_order(), a_moment(part=Decimal("0.5")))

    [ended] = progress(cancel_requested(partial.order, NOON).order, a_moment())

    assert (ended.order.status, ended.order.filled_qty) == (Status.CANCELED, Decimal(5))

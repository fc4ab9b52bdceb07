from decimal import Decimal

import pytest

from novalgo_common.events import Reason
from novalgo_executor.broker import Account
from novalgo_executor.limits import Limits, Usage, breach, limit_states, trips

NOTHING_USED = Usage(orders_last_minute=0, gross_exposure=Decimal(0))


def breach_of(limits: Limits, usage: Usage = NOTHING_USED, **entry: object) -> Reason | None:
    ordinary: dict[str, object] = {
        "dollars": Decimal(5000),
        "price": Decimal(100),
        "alert_price": Decimal(100),
        "buying": True,
    }
    found = breach(limits, usage, **ordinary | entry)  # type: ignore[arg-type]
    return found.reason if found is not None else None


def test_without_limits_nothing_is_declined() -> None:
    usage = Usage(orders_last_minute=10_000, gross_exposure=Decimal(10**9))

    assert breach_of(Limits(), usage, price=Decimal(900)) is None


def test_the_orders_of_a_minute_are_limited() -> None:
    limits = Limits(orders_a_minute=3)

    assert breach_of(limits, Usage(orders_last_minute=2, gross_exposure=Decimal(0))) is None
    full = Usage(orders_last_minute=3, gross_exposure=Decimal(0))
    assert breach_of(limits, full) is Reason.ORDER_RATE


def test_the_dollars_of_one_order_are_limited() -> None:
    limits = Limits(order_dollars=Decimal(5000))

    assert breach_of(limits) is None
    assert breach_of(limits, dollars=Decimal("5000.01")) is Reason.ORDER_TOO_LARGE


def test_the_gross_exposure_is_limited() -> None:
    limits = Limits(gross_exposure=Decimal(20_000))

    def used(dollars: int) -> Usage:
        return Usage(orders_last_minute=0, gross_exposure=Decimal(dollars))

    assert breach_of(limits, used(15_000)) is None
    assert breach_of(limits, used(15_001)) is Reason.EXPOSURE


@pytest.mark.parametrize(
    ("buying", "price", "reason"),
    [
        pytest.param(True, "101", None, id="a buy at one percent more"),
        pytest.param(True, "101.01", Reason.PRICE_COLLAR, id="a buy beyond it"),
        pytest.param(True, "50", None, id="a cheaper buy"),
        pytest.param(False, "99", None, id="a sale at one percent less"),
        pytest.param(False, "98.99", Reason.PRICE_COLLAR, id="a sale beyond it"),
        pytest.param(False, "150", None, id="a dearer sale"),
    ],
)
def test_the_quote_may_be_so_much_worse_than_the_alerts_price(
    buying: bool, price: str, reason: Reason | None
) -> None:
    limits = Limits(price_collar=Decimal(1))

    assert breach_of(limits, buying=buying, price=Decimal(price)) is reason


def test_an_alert_without_a_price_has_no_collar() -> None:
    limits = Limits(price_collar=Decimal(1))

    assert breach_of(limits, price=Decimal(900), alert_price=None) is None


def an_account(equity: str, last_equity: str = "100000") -> Account:
    return Account(
        account_number="PA0000000001",
        cash=Decimal(equity),
        equity=Decimal(equity),
        last_equity=Decimal(last_equity),
        buying_power=Decimal(equity),
        blocked=None,
    )


PEAK = Decimal(110_000)


@pytest.mark.parametrize(
    ("limits", "equity", "streak", "tripped"),
    [
        pytest.param(Limits(), "1", 99, [], id="no limits"),
        pytest.param(Limits(day_loss=Decimal(500)), "99500.01", 0, [], id="almost the day's loss"),
        pytest.param(Limits(day_loss=Decimal(500)), "99500", 0, ["day_loss"], id="the day's loss"),
        pytest.param(Limits(drawdown=Decimal(10)), "99000.01", 0, [], id="almost the drawdown"),
        pytest.param(Limits(drawdown=Decimal(10)), "99000", 0, ["drawdown"], id="the drawdown"),
        pytest.param(Limits(losing_streak=3), "100000", 2, [], id="two losses of three"),
        pytest.param(Limits(losing_streak=3), "100000", 3, ["losing_streak"], id="three losses"),
    ],
)
def test_a_broken_limit_of_the_account_trips(
    limits: Limits, equity: str, streak: int, tripped: list[str]
) -> None:
    found = trips(limits, an_account(equity), peak=PEAK, losing_streak=streak)

    assert [trip.limit for trip in found] == tripped


def test_a_withdrawal_is_no_loss_of_the_day_and_a_deposit_hides_none() -> None:
    limits, withdrawn = Limits(day_loss=Decimal(500)), an_account("94600")

    assert not trips(limits, withdrawn, peak=PEAK, losing_streak=0, moved=Decimal(-5000))
    [day_loss] = limit_states(limits, withdrawn, Decimal(0), Decimal(-5000))
    assert day_loss.used == 400
    [trip] = trips(limits, an_account("104500"), peak=PEAK, losing_streak=0, moved=Decimal(5000))
    assert trip.detail.startswith("500.00 dollars")


def test_the_limits_that_are_on_are_stated_with_what_is_used() -> None:
    limits = Limits(gross_exposure=Decimal(50_000), day_loss=Decimal(1000), losing_streak=5)
    account = an_account("99400")

    stated = limit_states(limits, account, Decimal(12_345))

    assert [(each.name, each.most, each.used) for each in stated] == [
        ("gross exposure", Decimal(50_000), Decimal(12_345)),
        ("loss since the previous close", Decimal(1000), Decimal(600)),
        ("losing streak", Decimal(5), None),
    ]

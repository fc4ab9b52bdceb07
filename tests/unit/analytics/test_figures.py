from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from novalgo_analytics.accounting.ledger import build
from novalgo_analytics.accounting.movement import Movement, movement_of_adoption, movement_of_fill
from novalgo_analytics.facts import CashLine
from novalgo_analytics.figures import Figures, figures
from novalgo_analytics.summary import exact, summary
from novalgo_common.events import AccountSnapshotTaken, CashKind, Side
from tests.builders import NOON, SYMBOL, a_fill, a_position, a_position_adopted, an_account_snapshot

MINUTE = timedelta(minutes=1)
NEW_YORK = ZoneInfo("America/New_York")


def bought(**changes: object) -> Movement:
    return movement_of_fill(a_fill(**changes))


def sold(**changes: object) -> Movement:
    return movement_of_fill(a_fill(side=Side.SELL, **changes))


def of(
    *movements: Movement, snapshot: AccountSnapshotTaken | None = None, now: datetime = NOON
) -> Figures:
    return figures({SYMBOL: build(movements)}, snapshot, now)


def test_open_shares_are_valued_at_the_broker_s_price() -> None:
    snapshot = an_account_snapshot(positions=(a_position(current_price=Decimal(207)),))

    numbers = of(bought(quantity=Decimal(10), price=Decimal(200)), snapshot=snapshot)

    assert numbers.total.unrealised == 70


def test_without_the_broker_s_price_the_last_trade_s_counts() -> None:
    numbers = of(
        bought(quantity=Decimal(10), price=Decimal(200)),
        sold(quantity=Decimal(4), price=Decimal(203), filled_at=NOON + MINUTE),
    )

    assert numbers.total.unrealised == 6 * 3


def test_today_begins_at_midnight_in_new_york() -> None:
    midnight = datetime(2026, 11, 11, tzinfo=NEW_YORK)

    numbers = of(
        bought(quantity=Decimal(2), price=Decimal(100), filled_at=midnight - 9 * MINUTE),
        sold(quantity=Decimal(1), price=Decimal(105), filled_at=midnight - MINUTE),
        sold(quantity=Decimal(1), price=Decimal(107), filled_at=midnight),
        now=midnight + 600 * MINUTE,
    )

    assert numbers.total.realised_today == 7
    assert numbers.total.realised == 12


def test_books_stand_by_their_bars_length_and_external_last() -> None:
    timeframes = ["1 Hour", None, "5 Min", "15 Min"]

    numbers = of(*(bought(timeframe=timeframe) for timeframe in timeframes))

    assert [line.book for line in numbers.by_book] == ["5 Min", "15 Min", "1 Hour", "EXTERNAL"]


def test_a_book_that_never_held_anything_is_not_shown() -> None:
    numbers = of(movement_of_adoption(a_position_adopted()))

    assert [line.book for line in numbers.by_book] == ["15 Min"]


def test_a_count_that_differs_from_the_broker_s_is_said() -> None:
    snapshot = an_account_snapshot(
        occurred_at=NOON + MINUTE, positions=(a_position(quantity=Decimal(30)),)
    )

    [position] = of(bought(quantity=Decimal(25)), snapshot=snapshot).positions

    assert (position.quantity, position.counted, position.agrees) == (
        Decimal(30),
        Decimal(25),
        False,
    )


def test_a_position_that_the_broker_no_longer_states_is_said() -> None:
    snapshot = an_account_snapshot(occurred_at=NOON + MINUTE, positions=())

    [position] = of(bought(quantity=Decimal(25)), snapshot=snapshot).positions

    assert (position.quantity, position.counted, position.agrees) == (
        Decimal(0),
        Decimal(25),
        False,
    )


def test_a_position_newer_than_the_statement_is_what_the_fills_say() -> None:
    snapshot = an_account_snapshot(occurred_at=NOON - MINUTE, positions=())

    [position] = of(bought(quantity=Decimal(25), price=Decimal(200)), snapshot=snapshot).positions

    assert position.quantity == position.counted == 25
    assert (position.average_price, position.market_value) == (Decimal(200), Decimal(5000))
    assert position.agrees


def test_a_position_that_grew_since_the_statement_is_worth_the_broker_s_price() -> None:
    snapshot = an_account_snapshot(
        occurred_at=NOON,
        positions=(a_position(quantity=Decimal(10), current_price=Decimal(207)),),
    )

    [position] = of(
        bought(quantity=Decimal(10), filled_at=NOON - MINUTE),
        bought(quantity=Decimal(5), filled_at=NOON + MINUTE),
        snapshot=snapshot,
    ).positions

    assert (position.quantity, position.market_value) == (Decimal(15), Decimal(15 * 207))


def test_a_position_closed_since_the_statement_is_none_any_more() -> None:
    snapshot = an_account_snapshot(positions=(a_position(quantity=Decimal(25)),))

    numbers = of(
        bought(quantity=Decimal(25)),
        sold(quantity=Decimal(25), filled_at=NOON + MINUTE),
        snapshot=snapshot,
    )

    assert numbers.positions == ()


def test_before_the_first_statement_the_fills_say_what_is_held() -> None:
    [position] = of(bought(quantity=Decimal(25))).positions

    assert position.quantity == 25


def test_before_any_event_every_number_is_nothing() -> None:
    body = summary(figures({}, None, NOON), {})

    assert body.pop("trades")["trades"] == 0
    assert body == {
        "account": None,
        "realised_today": "0",
        "realised": "0",
        "unrealised": "0",
        "at_average_cost": {"average_price": None, "realised": "0", "unrealised": "0"},
        "cash": {},
        "by_symbol": [],
        "by_book": [],
        "positions": [],
        "signals_by_ending": {},
    }


def test_average_cost_stands_beside_what_was_first_in_first_out() -> None:
    numbers = of(
        bought(quantity=Decimal(10), price=Decimal(100), filled_at=NOON),
        bought(quantity=Decimal(5), price=Decimal(130), filled_at=NOON + MINUTE),
        sold(quantity=Decimal(10), price=Decimal(120), filled_at=NOON + 2 * MINUTE),
    )

    body = summary(numbers, {})

    [symbol] = body["by_symbol"]
    assert (symbol["realised"], symbol["unrealised"]) == ("200", "-50")
    assert symbol["at_average_cost"] == {
        "average_price": "110",
        "realised": "100",
        "unrealised": "50",
    }
    assert body["at_average_cost"] == {
        "average_price": None,
        "realised": "100",
        "unrealised": "50",
    }


def test_cash_is_told_by_its_kind() -> None:
    fee = CashLine(at=NOON, kind=CashKind.FEE, amount=Decimal("-0.03"), symbol=None, activity="FEE")
    paid = replace(fee, kind=CashKind.TRANSFER, amount=Decimal(500))

    assert summary(figures({}, None, NOON), {}, cash=[fee, paid, fee])["cash"] == {
        "transfer": "500",
        "fee": "-0.06",
    }


def test_exact_amounts_keep_every_digit_that_says_something() -> None:
    assert exact(Decimal("100.000")) == "100"
    assert exact(Decimal("-0.123456789")) == "-0.123456789"
    assert exact(Decimal("1E+3")) == "1000"

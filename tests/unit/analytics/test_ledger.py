"""Worked examples with answers that can be checked by hand, and what holds for all of them."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from novalgo_analytics.accounting.ledger import EXTERNAL, Ledger, build
from novalgo_analytics.accounting.movement import (
    Movement,
    Split,
    Step,
    movement_of_adoption,
    movement_of_fill,
    split_of,
)
from novalgo_common.events import Leg, Side, SplitPart
from tests.builders import NOON, a_fill, a_position_adopted, a_split

MINUTE = timedelta(minutes=1)
CLOCK = itertools.count()


def bought(quantity: str, price: str, **changes: object) -> Movement:
    return _traded(Side.BUY, quantity, price, changes)


def sold(quantity: str, price: str, **changes: object) -> Movement:
    return _traded(Side.SELL, quantity, price, changes)


def _traded(side: Side, quantity: str, price: str, changes: dict[str, object]) -> Movement:
    number = next(CLOCK)
    ordinary: dict[str, object] = {
        "side": side,
        "quantity": Decimal(quantity),
        "price": Decimal(price),
        "filled_at": NOON + number * MINUTE,
        "client_order_id": f"order-{number}",
    }
    return movement_of_fill(a_fill(**(ordinary | changes)))


def adopted(quantity: str, price: str, **changes: object) -> Movement:
    ordinary: dict[str, object] = {
        "quantity": Decimal(quantity),
        "average_price": Decimal(price),
        "occurred_at": NOON + next(CLOCK) * MINUTE,
    }
    return movement_of_adoption(a_position_adopted(**(ordinary | changes)))


def split(before: str, after: str, **changes: object) -> Split:
    part = SplitPart(timeframe="15 Min", before=Decimal(before), after=Decimal(after))
    at = NOON + next(CLOCK) * MINUTE
    return split_of(a_split(**({"parts": (part,), "occurred_at": at} | changes)))


def held(ledger: Ledger) -> Decimal:
    return ledger.account.quantity


def test_shares_that_rose_earn_the_difference() -> None:
    ledger = build([bought("10", "100.00"), sold("10", "103.50")])

    assert ledger.account.realised == Decimal("35.00")
    assert held(ledger) == 0


def test_a_short_earns_when_the_price_falls() -> None:
    ledger = build([sold("10", "100.00"), bought("10", "96.00")])

    assert ledger.account.realised == Decimal("40.00")
    assert held(ledger) == 0


def test_the_oldest_shares_are_sold_first() -> None:
    ledger = build([bought("10", "100"), bought("10", "110"), sold("15", "120")])

    assert ledger.account.realised == 10 * 20 + 5 * 10
    [left] = ledger.account.open
    assert (left.quantity, left.price) == (Decimal(5), Decimal(110))


def test_a_part_of_a_lot_keeps_its_price() -> None:
    ledger = build([bought("10", "100"), sold("4", "101"), sold("6", "99")])

    assert [closing.realised for closing in ledger.account.closings] == [4, -6]


def test_a_fill_that_crosses_zero_closes_and_then_opens() -> None:
    ledger = build([bought("10", "100"), sold("25", "105")])

    assert ledger.account.realised == 50
    [short] = ledger.account.open
    assert (short.quantity, short.price) == (Decimal(-15), Decimal(105))


def test_fractions_of_a_share_leave_nothing_behind() -> None:
    ledger = build(
        [bought("0.333333333", "150.15"), bought("0.666666667", "150.15"), sold("1", "151.15")]
    )

    assert ledger.account.realised == 1
    assert held(ledger) == 0
    assert list(ledger.account.open) == []


def test_what_is_open_is_valued_at_the_price_given() -> None:
    ledger = build([sold("10", "100"), sold("10", "90")])

    assert ledger.account.unrealised(Decimal(95)) == 0
    assert ledger.account.unrealised(Decimal(80)) == 10 * 20 + 10 * 10


def test_an_adopted_position_opens_at_its_average_price() -> None:
    ledger = build([adopted("10", "190"), sold("10", "200")])

    assert ledger.account.realised == 100
    assert ledger.books["15 Min"].realised == 100


def test_shares_that_no_fill_explains_add_to_what_is_external() -> None:
    ledger = build([adopted("10", "190", timeframe=None), adopted("5", "200", timeframe=None)])

    assert ledger.books[EXTERNAL].quantity == held(ledger) == 15


def test_shares_that_are_gone_without_a_trade_earn_and_lose_nothing() -> None:
    ledger = build([bought("10", "190"), adopted("-10", "0", timeframe=None)])

    assert held(ledger) == 0
    assert ledger.account.realised == 0
    assert not ledger.account.closings
    books = ledger.books.values()
    assert sum(lots.realised + lots.unrealised(Decimal(250)) for lots in books) == 0


def test_more_shares_gone_than_there_were_leave_a_short_at_the_price_given() -> None:
    ledger = build([bought("10", "190"), adopted("-15", "195", timeframe=None)])

    [short] = ledger.account.open
    assert (short.quantity, short.price) == (Decimal(-5), Decimal(195))
    assert ledger.account.realised == 0


def test_shares_without_a_price_leave_the_last_one_known() -> None:
    ledger = build([bought("10", "190"), adopted("-10", "0", timeframe=None)])

    assert ledger.last_price == 190


def test_books_match_their_own_fills_and_the_account_all_of_them() -> None:
    ledger = build(
        [
            bought("10", "100", timeframe="15 Min"),
            bought("10", "110", timeframe="30 Min"),
            sold("10", "120", timeframe="30 Min"),
        ]
    )

    assert ledger.account.realised == 200
    assert ledger.books["30 Min"].realised == 100
    assert ledger.books["30 Min"].quantity == 0
    assert ledger.books["15 Min"].unrealised(Decimal(120)) == 200


def test_a_trade_by_hand_lands_in_the_external_book() -> None:
    ledger = build([bought("5", "100", timeframe=None, client_order_id=None)])

    assert ledger.books[EXTERNAL].quantity == 5


def test_of_a_reversal_within_one_instant_the_close_comes_first() -> None:
    short = sold("10", "100")
    at_once: dict[str, object] = {"filled_at": NOON + 9999 * MINUTE}
    opening = bought("10", "91", leg=Leg.OPEN, client_order_id="a", **at_once)
    closing = bought("10", "90", leg=Leg.CLOSE, client_order_id="b", **at_once)

    ledger = build([short, opening, closing])

    assert ledger.account.realised == 100


def test_a_fill_older_than_the_newest_is_late() -> None:
    first, second = bought("1", "100"), bought("1", "100")
    ledger = build([second])

    assert ledger.is_late(first)
    assert not ledger.is_late(sold("1", "100"))


def test_a_split_changes_the_shares_and_not_what_they_cost() -> None:
    ledger = build([bought("10", "120"), split("10", "30"), sold("30", "41")])

    assert ledger.account.realised == ledger.books["15 Min"].realised == 30


def test_a_split_price_that_does_not_come_out_even_loses_nothing() -> None:
    ledger = build([bought("10", "100"), bought("5", "99"), split("15", "45"), sold("7", "33")])
    rest = build([bought("10", "100"), bought("5", "99"), split("15", "45"), sold("45", "33")])

    assert ledger.account.realised + ledger.account.unrealised(Decimal(33)) == 45 * 33 - 1495
    assert rest.account.realised == 45 * 33 - 1495


def test_shares_are_merged_to_the_count_that_the_broker_states() -> None:
    ledger = build([bought("7", "1"), bought("6", "2"), split("13", "1.300000001")])

    assert held(ledger) == ledger.books["15 Min"].quantity == Decimal("1.300000001")
    assert ledger.account.cost == 19


def test_a_lot_that_a_merger_rounds_away_leaves_its_cost_to_the_next() -> None:
    ledger = build([bought("0.000000004", "1"), bought("9", "2"), split("9.000000004", "0.9")])

    [left] = ledger.account.open
    assert left.cost == Decimal("18.000000004")


def test_a_split_reaches_every_book_and_keeps_long_and_short_apart() -> None:
    parts = (
        SplitPart(timeframe="15 Min", before=Decimal(10), after=Decimal(20)),
        SplitPart(timeframe="30 Min", before=Decimal(-4), after=Decimal(-8)),
    )
    ledger = build(
        [
            bought("10", "100", timeframe="15 Min"),
            sold("4", "110", timeframe="30 Min"),
            split("0", "0", parts=parts),
        ]
    )

    assert {name: lots.quantity for name, lots in ledger.books.items()} == {
        "15 Min": 20,
        "30 Min": -8,
    }
    assert held(ledger) == 12
    assert ledger.last_price == 55


def test_average_cost_is_another_view_of_the_same_dollars() -> None:
    ledger = build([bought("10", "100"), bought("10", "110"), sold("15", "120")])

    assert ledger.average.average == 105
    assert ledger.average.realised == 15 * 15
    assert ledger.account.realised == 10 * 20 + 5 * 10


QUANTITIES = st.decimals(min_value="0.000000001", max_value="500", places=9)
PRICES = st.decimals(min_value="0.0001", max_value="2000", places=4)


@st.composite
def days_of_trading(draw: st.DrawFn) -> list[Movement]:
    count = draw(st.integers(0, 25))
    fills = [
        a_fill(
            side=draw(st.sampled_from(Side)),
            quantity=draw(QUANTITIES),
            price=draw(PRICES),
            timeframe=draw(st.sampled_from(["15 Min", "30 Min", None])),
            leg=draw(st.sampled_from([*Leg, None])),
            filled_at=NOON + draw(st.integers(0, 8)) * MINUTE,
            order_id=str(draw(st.integers(0, 5))),
            client_order_id=None,
            event_id=uuid4(),
        )
        for _ in range(count)
    ]
    adoptions = [
        a_position_adopted(
            quantity=draw(QUANTITIES) * draw(st.sampled_from([1, -1])),
            average_price=draw(PRICES | st.just(Decimal(0))),
            timeframe=draw(st.sampled_from(["15 Min", None])),
            occurred_at=NOON + draw(st.integers(-2, 2)) * MINUTE,
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    return [movement_of_fill(fill) for fill in fills] + [
        movement_of_adoption(adoption) for adoption in adoptions
    ]


def _trades(movements: Sequence[Movement]) -> list[Movement]:
    return [movement for movement in movements if not movement.is_adoption]


@given(days_of_trading())
def test_cash_and_the_cost_of_what_is_left_are_what_was_realised(
    movements: list[Movement],
) -> None:
    movements = _trades(movements)
    ledger = build(movements)

    cash = -sum(movement.quantity * movement.price for movement in movements)
    cost = ledger.account.cost
    assert cash + cost == ledger.account.realised
    assert held(ledger) == sum(movement.quantity for movement in movements)


@given(days_of_trading(), PRICES)
def test_the_books_and_the_account_hold_the_same_and_earned_the_same(
    movements: list[Movement], price: Decimal
) -> None:
    ledger = build(movements)
    books = ledger.books.values()

    assert sum(lots.quantity for lots in books) == held(ledger)
    by_book = sum(lots.realised + lots.unrealised(price) for lots in books)
    assert by_book == ledger.account.realised + ledger.account.unrealised(price)


@given(
    st.lists(
        st.tuples(st.integers(-9, 9).filter(bool), st.decimals("1", "200", places=2)), max_size=30
    )
)
def test_share_by_share_the_same_is_earned(trades: list[tuple[int, Decimal]]) -> None:
    # Another way to count: every single share in a queue of its own price.
    shares: list[tuple[int, Decimal]] = []
    earned = Decimal(0)
    for quantity, price in trades:
        side = 1 if quantity > 0 else -1
        for _ in range(abs(quantity)):
            if shares and shares[0][0] != side:
                held, paid = shares.pop(0)
                earned += held * (price - paid)
            else:
                shares.append((side, price))

    ledger = build(
        [
            (bought if quantity > 0 else sold)(str(abs(quantity)), str(price))
            for quantity, price in trades
        ]
    )

    assert ledger.account.realised == earned
    assert ledger.account.quantity == sum(side for side, _ in shares)


@given(days_of_trading(), PRICES)
def test_average_cost_ends_where_first_in_first_out_does(
    movements: list[Movement], price: Decimal
) -> None:
    ledger = build(movements)
    average = ledger.average

    assert average.quantity == held(ledger)
    if _trades(movements) != movements:
        return  # shares that left did so at another cost in each view
    worth = average.realised + average.quantity * price - average.cost
    assert worth == ledger.account.realised + ledger.account.unrealised(price)


@given(days_of_trading(), st.sampled_from(["2", "3", "0.1", "7", "1.5"]), PRICES)
def test_a_split_at_any_time_earns_nothing_and_agrees_between_books_and_account(
    movements: list[Movement], ratio: str, price: Decimal
) -> None:
    before = build(movements)
    parts = tuple(
        SplitPart(
            timeframe=timeframe,
            before=lots.quantity,
            after=(lots.quantity * Decimal(ratio)).quantize(Decimal("0.000000001")),
        )
        for timeframe, lots in before.books.items()
    )
    at = NOON + 9999 * MINUTE
    steps: list[Step] = [*movements, split_of(a_split(parts=parts, occurred_at=at))]
    after = build(steps)

    assert after.account.realised == before.account.realised
    assert sum(lots.quantity for lots in after.books.values()) == held(after)
    by_book = sum(lots.realised + lots.unrealised(price) for lots in after.books.values())
    if all(part.after for part in parts):
        assert by_book == after.account.realised + after.account.unrealised(price)


@given(days_of_trading())
def test_lots_are_never_long_and_short_at_once(movements: list[Movement]) -> None:
    ledger = build(movements)

    for lots in (ledger.account, *ledger.books.values()):
        assert len({lot.quantity > 0 for lot in lots.open}) <= 1
        assert sum(lot.quantity for lot in lots.open) == lots.quantity


@given(days_of_trading().flatmap(lambda day: st.tuples(st.just(day), st.permutations(day))))
def test_the_order_of_arrival_changes_nothing(
    days: tuple[list[Movement], list[Movement]],
) -> None:
    day, shuffled = days

    assert build(day).account.closings == build(shuffled).account.closings

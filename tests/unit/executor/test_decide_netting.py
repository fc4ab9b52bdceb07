"""Several books of one symbol, which Alpaca nets."""

from dataclasses import replace
from decimal import Decimal

import pytest

from novalgo_common.events import Action, Leg, OrderStatus, Reason, Side
from novalgo_executor.broker import Asset, PositionIntent
from novalgo_executor.decide import decide
from novalgo_executor.facts import Conflict
from novalgo_executor.steps import Submit, Wait
from tests.builders import NOON, SYMBOL
from tests.unit.executor.builders import CLOSED, RULES, a_stored_signal, an_order, some_facts
from tests.unit.executor.deciding import deciding, ended, submitted

UNSHORTABLE = Asset(symbol=SYMBOL, tradable=True, fractionable=True, shortable=False)
UNKNOWN = {"status": OrderStatus.UNKNOWN, "order_id": None, "ended_at": None}


def test_a_close_that_would_cross_zero_stops_there_first() -> None:
    facts = {"held": Decimal(10), "other_books": (Decimal(-4),), "only_book": False}

    first = submitted(deciding(Action.CLOSE, **facts))

    assert first.request.quantity == 6
    assert first.request.position_intent is PositionIntent.SELL_TO_CLOSE


def test_the_rest_of_a_crossing_close_follows_as_its_second_part() -> None:
    part = an_order(Leg.CLOSE, Side.SELL, filled_quantity=Decimal(6), counted_quantity=Decimal(6))
    facts = some_facts(
        held=Decimal(4),
        other_books=(Decimal(-4),),
        orders=(part,),
        broker_position=Decimal(0),
        only_book=False,
    )

    second = submitted(decide(a_stored_signal(Action.CLOSE), facts, RULES, now=NOON))

    assert second.part == 2
    assert second.request.quantity == 4
    assert second.request.position_intent is PositionIntent.SELL_TO_OPEN
    assert second.request.client_order_id.endswith("-close2")


def test_opposite_books_are_declined_where_the_owner_refuses_them() -> None:
    facts = some_facts(other_books=(Decimal(-4),), only_book=False)

    step = decide(a_stored_signal(), facts, replace(RULES, conflict=Conflict.REFUSE), now=NOON)

    assert ended(step).reason is Reason.CONFLICT


@pytest.mark.parametrize(
    ("action", "others", "asset"),
    [
        pytest.param(Action.BUY, ["-4"], UNSHORTABLE, id="a short could surface"),
        pytest.param(Action.SELL, ["4.5"], None, id="a fraction cannot be netted short"),
    ],
)
def test_an_entry_that_a_later_exit_could_not_leave_is_declined(
    action: Action, others: list[str], asset: Asset | None
) -> None:
    facts: dict[str, object] = {"other_books": tuple(map(Decimal, others)), "only_book": False}
    if asset is not None:
        facts["asset"] = asset

    assert ended(deciding(action, **facts)).reason is Reason.CONFLICT


def test_an_order_against_one_of_ours_that_rests_waits_for_it() -> None:
    resting = an_order(side=Side.SELL, status=OrderStatus.OPEN)

    assert deciding(Action.BUY, resting=(resting,)) == Wait()


def test_a_close_waits_while_another_order_that_rests_is_selling_the_same_shares() -> None:
    selling = an_order(Leg.OPEN, Side.SELL, status=OrderStatus.OPEN, counted_quantity=Decimal(0))
    facts: dict[str, object] = {"held": Decimal(5), "other_books": (Decimal(20),)}

    assert deciding(Action.CLOSE, resting=(selling,), hours=CLOSED, **facts) == Wait(parked=True)
    assert submitted(deciding(Action.CLOSE, hours=CLOSED, **facts)).leg is Leg.CLOSE


def test_an_opening_waits_for_what_has_yet_to_leave_and_an_exit_only_for_exits() -> None:
    entry = an_order(status=OrderStatus.UNKNOWN, sent=False)
    exit_ = an_order(Leg.CLOSE, Side.BUY, status=OrderStatus.UNKNOWN, sent=False)
    held = {"held": Decimal(10)}

    assert deciding(Action.SELL, unsent=(entry,)) == Wait(parked=True)
    assert isinstance(deciding(Action.CLOSE, unsent=(entry,), **held), Submit)
    assert deciding(Action.CLOSE, unsent=(entry, exit_), **held) == Wait(parked=True)

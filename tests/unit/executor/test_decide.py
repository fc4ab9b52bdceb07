"""What a signal makes of its book."""

from decimal import Decimal

import pytest

from novalgo_common.events import Action, Ending, Leg, Reason, Side
from novalgo_executor.broker import PositionIntent
from novalgo_executor.decide import decide
from novalgo_executor.steps import Ask, End, Wait
from tests.builders import NOON
from tests.unit.executor.builders import RULES, a_stored_signal, an_order, some_facts
from tests.unit.executor.deciding import deciding, ended, submitted


def test_a_buy_of_a_flat_book_spends_the_dollars_of_its_row() -> None:
    step = submitted(deciding(Action.BUY))

    assert step.leg is Leg.OPEN
    assert step.request.side is Side.BUY
    assert step.request.notional == 5000
    assert step.request.quantity is None
    assert step.request.position_intent is PositionIntent.BUY_TO_OPEN


def test_a_sell_of_a_flat_book_sells_whole_shares_short() -> None:
    step = submitted(deciding(Action.SELL))

    assert step.request.side is Side.SELL
    assert step.request.quantity == 25
    assert step.request.notional is None
    assert step.request.position_intent is PositionIntent.SELL_TO_OPEN


@pytest.mark.parametrize(
    ("action", "held", "side", "intent"),
    [
        pytest.param(Action.CLOSE, "7.5", Side.SELL, PositionIntent.SELL_TO_CLOSE, id="long"),
        pytest.param(Action.CLOSE, "-7", Side.BUY, PositionIntent.BUY_TO_CLOSE, id="short"),
        pytest.param(Action.SELL, "7.5", Side.SELL, PositionIntent.SELL_TO_CLOSE, id="to short"),
        pytest.param(Action.BUY, "-7", Side.BUY, PositionIntent.BUY_TO_CLOSE, id="to long"),
    ],
)
def test_a_held_book_is_first_closed_with_exactly_what_it_holds(
    action: Action, held: str, side: Side, intent: PositionIntent
) -> None:
    step = submitted(deciding(action, held=Decimal(held)))

    assert step.leg is Leg.CLOSE
    assert step.request.side is side
    assert step.request.quantity == abs(Decimal(held))
    assert step.request.position_intent is intent


def test_a_reversal_opens_only_when_the_broker_is_seen_to_be_flat() -> None:
    closed = an_order(Leg.CLOSE, Side.BUY)

    assert deciding(Action.BUY, orders=(closed,)) == Ask(position=True)
    assert deciding(Action.BUY, orders=(closed,), quote=None) == Ask(position=True)
    seen = submitted(deciding(Action.BUY, orders=(closed,), broker_position=Decimal(0)))
    assert seen.leg is Leg.OPEN


def test_a_reversal_waits_while_the_broker_still_states_the_old_position() -> None:
    closed = an_order(Leg.CLOSE, Side.BUY)
    facts = some_facts(orders=(closed,), broker_position=Decimal(-25))

    assert decide(a_stored_signal(), facts, RULES, now=NOON) == Wait()
    given_up = decide(a_stored_signal(), facts, RULES, now=NOON + RULES.grace)
    assert ended(given_up).reason is Reason.POSITION_MISMATCH


@pytest.mark.parametrize(
    ("action", "held", "reason"),
    [
        pytest.param(Action.BUY, 5, Reason.ALREADY_LONG, id="long"),
        pytest.param(Action.SELL, -5, Reason.ALREADY_SHORT, id="short"),
        pytest.param(Action.CLOSE, 0, Reason.ALREADY_FLAT, id="flat"),
    ],
)
def test_a_book_that_is_there_already_is_left_alone(
    action: Action, held: int, reason: Reason
) -> None:
    assert deciding(action, held=Decimal(held)) == End(Ending.DECLINED, reason)


def test_a_signal_whose_orders_filled_ends_filled_and_not_as_already_there() -> None:
    step = deciding(Action.BUY, held=Decimal(25), orders=(an_order(),))

    assert step == End(Ending.FILLED)


def test_the_questions_about_the_market_come_when_they_are_needed() -> None:
    assert deciding(Action.BUY, asset=None, quote=None) == Ask(asset=True)
    assert deciding(Action.BUY, quote=None) == Ask(quote=True)


def test_dollars_are_used_only_where_no_other_book_can_trade() -> None:
    step = submitted(deciding(Action.BUY, only_book=False))

    assert step.request.notional is None
    assert step.request.quantity == 24


@pytest.mark.parametrize("held", [Decimal(0), Decimal(-3)])
def test_a_signal_does_not_begin_while_a_newer_one_of_its_book_waits(held: Decimal) -> None:
    step = ended(deciding(Action.BUY, held=held, newer_waits=True))

    assert step.ending is Ending.SUPERSEDED


def test_a_reversal_ends_flat_where_a_newer_signal_waits_behind_its_close() -> None:
    closed = an_order(Leg.CLOSE)

    step = ended(deciding(Action.BUY, orders=(closed,), newer_waits=True))

    assert step.ending is Ending.SUPERSEDED

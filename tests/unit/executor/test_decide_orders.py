"""What a signal's own orders still need before it can go on."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from novalgo_common.events import Action, Ending, Leg, OrderStatus, Reason, Side
from novalgo_executor.decide import decide
from novalgo_executor.facts import Facts, WhenClosed
from novalgo_executor.steps import Cancel, CountFills, LookUp, Send, Wait
from tests.builders import NOON, SECOND
from tests.unit.executor.builders import CLOSED, RULES, a_stored_signal, an_order, some_facts
from tests.unit.executor.deciding import HALT, LATER, OLD, deciding, ended, submitted

UNKNOWN = {"status": OrderStatus.UNKNOWN, "order_id": None, "ended_at": None}
NOTHING = {"filled_quantity": Decimal(0), "counted_quantity": Decimal(0)}


def with_order(**changes: object) -> Facts:
    return some_facts(orders=(an_order(**{**NOTHING, **changes}),))  # type: ignore[arg-type]


def test_an_order_of_unknown_outcome_is_looked_up_and_never_sent_again() -> None:
    facts = with_order(**UNKNOWN)

    step = decide(a_stored_signal(), facts, RULES, now=LATER)

    assert step == LookUp(facts.orders[0])


def test_an_order_that_the_broker_keeps_denying_is_called_unknown() -> None:
    facts = with_order(**UNKNOWN, missing_since=NOON)
    just_now, long_ago = (
        replace(facts, denied_for=each) for each in (RULES.grace - SECOND, RULES.grace)
    )

    assert isinstance(decide(a_stored_signal(), just_now, RULES, now=NOON), LookUp)
    step = decide(a_stored_signal(), long_ago, RULES, now=NOON)
    assert ended(step).reason is Reason.OUTCOME_UNKNOWN


def test_an_order_denied_once_is_looked_up_again_after_an_outage_before_it_is_given_up() -> None:
    facts = with_order(**UNKNOWN, missing_since=NOON)

    step = decide(a_stored_signal(), facts, RULES, now=NOON + RULES.grace)

    assert step == LookUp(facts.orders[0])


def test_an_order_that_never_left_is_sent_as_it_was_stored() -> None:
    facts = with_order(**UNKNOWN, sent=False)

    assert decide(a_stored_signal(), facts, RULES, now=NOON) == Send(facts.orders[0])


def test_an_opening_that_never_left_expires_and_a_closing_does_not() -> None:
    opening = replace(with_order(**UNKNOWN, sent=False), age=OLD)
    closing = replace(with_order(leg=Leg.CLOSE, **UNKNOWN, sent=False), age=OLD)

    expired = decide(a_stored_signal(), opening, RULES, now=LATER)
    assert ended(expired).ending is Ending.EXPIRED
    assert isinstance(decide(a_stored_signal(Action.CLOSE), closing, RULES, now=LATER), Send)


def test_an_order_that_never_left_gives_way_to_a_newer_signal() -> None:
    facts = replace(with_order(**UNKNOWN, sent=False), newer_waits=True)

    step = decide(a_stored_signal(), facts, RULES, now=NOON)

    assert ended(step).ending is Ending.SUPERSEDED


def test_an_opening_whose_account_has_moved_before_it_could_leave_is_not_sent() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    assert deciding(Action.BUY, orders=(unsent,)) == Send(unsent)
    moved = ended(deciding(Action.BUY, orders=(unsent,), external=Decimal(-4)))
    assert (moved.ending, moved.reason) == (Ending.FAILED, Reason.POSITION_MISMATCH)


def test_an_opening_that_never_left_is_declined_by_a_halt() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    step = ended(deciding(Action.BUY, orders=(unsent,), halt=HALT))

    assert step.ending is Ending.DECLINED
    assert step.reason is Reason.HALTED


def test_a_close_that_never_left_is_sent_in_spite_of_a_halt() -> None:
    unsent = an_order(Leg.CLOSE, Side.SELL, status=OrderStatus.UNKNOWN, sent=False)

    assert deciding(Action.CLOSE, orders=(unsent,), halt=HALT) == Send(unsent)


def test_an_opening_that_never_left_waits_until_the_account_moves_no_more() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))
    closing = replace(unsent, leg=Leg.CLOSE)
    moving = (an_order(counted_quantity=Decimal(0)),)

    assert deciding(Action.BUY, orders=(unsent,), moving=moving) == Wait(parked=True)
    assert deciding(Action.CLOSE, orders=(closing,), moving=moving) == Send(closing)


def test_an_open_order_is_waited_for() -> None:
    facts = with_order(status=OrderStatus.OPEN, ended_at=None)

    assert decide(a_stored_signal(), facts, RULES, now=LATER) == Wait()
    closed_market = replace(facts, hours=CLOSED)
    assert decide(a_stored_signal(), closed_market, RULES, now=LATER) == Wait(parked=True)


def test_a_newer_signal_cancels_an_order_that_rests() -> None:
    facts = replace(with_order(status=OrderStatus.OPEN, ended_at=None), newer_waits=True)

    assert decide(a_stored_signal(), facts, RULES, now=NOON) == Wait()
    patience_over = decide(a_stored_signal(), facts, RULES, now=NOON + RULES.patience)
    assert patience_over == Cancel(facts.orders[0])
    overnight = replace(facts, hours=CLOSED)
    assert decide(a_stored_signal(), overnight, RULES, now=NOON) == Cancel(facts.orders[0])


def test_a_clock_that_was_set_back_keeps_nothing_waiting_until_it_has_caught_up() -> None:
    earlier = NOON - timedelta(hours=1)
    resting = replace(with_order(status=OrderStatus.OPEN, ended_at=None), newer_waits=True)
    uncounted = some_facts(orders=(an_order(Leg.CLOSE, counted_quantity=Decimal(10)),))

    assert isinstance(decide(a_stored_signal(), resting, RULES, now=earlier), Cancel)
    assert isinstance(decide(a_stored_signal(), uncounted, RULES, now=earlier), CountFills)


def test_a_signal_whose_order_gave_way_ends_superseded() -> None:
    facts = replace(with_order(status=OrderStatus.CANCELED), newer_waits=True)

    assert ended(decide(a_stored_signal(), facts, RULES, now=NOON)).ending is Ending.SUPERSEDED


def test_nothing_goes_on_until_every_fill_of_an_order_is_counted() -> None:
    order = an_order(Leg.CLOSE, counted_quantity=Decimal(10))

    assert deciding(Action.BUY, orders=(order,)) == Wait()
    facts = some_facts(orders=(order,))
    late = decide(a_stored_signal(), facts, RULES, now=NOON + RULES.stream_lag)
    assert late == CountFills(order)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        pytest.param({"status": OrderStatus.REJECTED}, Reason.BROKER_REFUSED, id="rejected"),
        pytest.param({"status": OrderStatus.CANCELED}, Reason.ORDER_ENDED_SHORT, id="cancelled"),
        pytest.param({"status": OrderStatus.EXPIRED}, Reason.ORDER_ENDED_SHORT, id="expired"),
    ],
)
def test_an_order_that_ends_short_of_its_fill_fails_the_signal(
    order: dict[str, object], reason: Reason
) -> None:
    step = ended(decide(a_stored_signal(), with_order(**order), RULES, now=NOON))

    assert step.ending is Ending.FAILED
    assert step.reason is reason


@pytest.mark.parametrize(
    ("changes", "cancels"),
    [
        pytest.param({}, True, id="an entry that filled in part"),
        pytest.param({"leg": Leg.CLOSE}, False, id="an exit"),
        pytest.param({"filled_quantity": Decimal(0)}, False, id="nothing filled yet"),
        pytest.param({"created_at": NOON + 60 * SECOND}, False, id="not long ago"),
    ],
)
def test_the_rest_of_an_entry_that_stalls_is_cancelled(
    changes: dict[str, object], cancels: bool
) -> None:
    part = {"filled_quantity": Decimal(5), "counted_quantity": Decimal(5), "ended_at": None}
    order = replace(an_order(status=OrderStatus.OPEN, **part), **changes)  # type: ignore[arg-type]
    facts = some_facts(orders=(order,), open_since=NOON)

    step = decide(a_stored_signal(), facts, RULES, now=NOON + 150 * SECOND)

    assert step == (Cancel(order) if cancels else Wait())


def test_an_entry_that_fills_nothing_is_cancelled_when_its_signal_would_be_stale() -> None:
    order = an_order(status=OrderStatus.OPEN, filled_quantity=Decimal(0), ended_at=None)

    step = decide(a_stored_signal(), some_facts(orders=(order,), open_since=NOON), RULES, now=LATER)

    assert step == Cancel(order)


def test_an_entry_from_before_the_open_gets_its_time_from_the_open_on() -> None:
    order = an_order(status=OrderStatus.OPEN, filled_quantity=Decimal(0), ended_at=None)

    just_opened = some_facts(orders=(order,), open_since=LATER)
    closed = some_facts(orders=(order,), hours=CLOSED)

    assert decide(a_stored_signal(), just_opened, RULES, now=LATER) == Wait()
    assert decide(a_stored_signal(), closed, RULES, now=LATER) == Wait(parked=True)


@pytest.mark.parametrize(
    ("leg", "when_closed", "cancels"),
    [
        pytest.param(Leg.OPEN, WhenClosed.REJECT, True, id="an entry, where nothing is queued"),
        pytest.param(Leg.OPEN, WhenClosed.QUEUE, False, id="an entry, where it is"),
        pytest.param(Leg.CLOSE, WhenClosed.REJECT, False, id="an exit"),
    ],
)
def test_an_order_that_missed_the_close(leg: Leg, when_closed: WhenClosed, cancels: bool) -> None:
    facts = replace(with_order(leg=leg, status=OrderStatus.OPEN, ended_at=None), hours=CLOSED)
    rules = replace(RULES, when_closed=when_closed)

    step = decide(a_stored_signal(), facts, rules, now=NOON)

    assert step == (Cancel(facts.orders[0]) if cancels else Wait(parked=True))


REFUSED = {"leg": Leg.CLOSE, "status": OrderStatus.REJECTED}


def test_a_close_that_is_refused_waits_for_the_fill_of_whoever_was_faster() -> None:
    facts = replace(with_order(**REFUSED), held=Decimal(25))

    assert decide(a_stored_signal(Action.CLOSE), facts, RULES, now=NOON) == Wait()
    nobody_was = decide(a_stored_signal(Action.CLOSE), facts, RULES, now=NOON + RULES.grace)
    assert ended(nobody_was).reason is Reason.BROKER_REFUSED


def test_a_close_that_somebody_else_made_needless_is_no_failure() -> None:
    facts = replace(with_order(**REFUSED), held=Decimal(0), broker_position=Decimal(0))

    closed = decide(a_stored_signal(Action.CLOSE), facts, RULES, now=NOON)
    reversed_ = decide(a_stored_signal(Action.BUY), facts, RULES, now=NOON)

    assert ended(closed).reason is Reason.ALREADY_FLAT
    assert submitted(reversed_).leg is Leg.OPEN

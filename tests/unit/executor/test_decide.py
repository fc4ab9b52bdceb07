from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from novalgo_common.events import Action, Ending, Leg, OrderStatus, Reason, Side
from novalgo_executor.broker import Asset, PositionIntent
from novalgo_executor.decide import age_counts_from, decide
from novalgo_executor.facts import Conflict, Facts, WhenClosed
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.steps import (
    Ask,
    Cancel,
    CountFills,
    End,
    LookUp,
    Send,
    Step,
    Submit,
    Wait,
)
from tests.builders import NOON, SECOND, SYMBOL, a_config_row
from tests.unit.executor.builders import (
    CLOSED,
    RULES,
    a_stored_signal,
    an_order,
    some_facts,
)

LATER = NOON + timedelta(minutes=10)
OLD = timedelta(minutes=10)
HALT = Halt(Scope(), "a person's word", NOON)


def deciding(action: Action, **facts: object) -> Step:
    return decide(a_stored_signal(action), some_facts(**facts), RULES, now=NOON)


def submitted(step: Step) -> Submit:
    assert isinstance(step, Submit), step
    return step


def ended(step: Step) -> End:
    assert isinstance(step, End), step
    return step


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


UNSHORTABLE = Asset(symbol=SYMBOL, tradable=True, fractionable=True, shortable=False)
HALTED = Asset(symbol=SYMBOL, tradable=False, fractionable=True, shortable=True)


@pytest.mark.parametrize(
    ("action", "facts", "reason"),
    [
        pytest.param(Action.BUY, {"row": None}, Reason.ROW_MISSING, id="no row"),
        pytest.param(
            Action.BUY, {"row": a_config_row(active=False)}, Reason.ROW_INACTIVE, id="inactive"
        ),
        pytest.param(Action.BUY, {"row_problem": "no size"}, Reason.ROW_INVALID, id="bad row"),
        pytest.param(Action.BUY, {"asset": HALTED}, Reason.NOT_TRADABLE, id="not tradable"),
        pytest.param(Action.SELL, {"asset": UNSHORTABLE}, Reason.NOT_SHORTABLE, id="no borrow"),
        pytest.param(
            Action.SELL,
            {"row": a_config_row(position_size=Decimal(199))},
            Reason.TOO_SMALL,
            id="less than a share",
        ),
        pytest.param(
            Action.BUY, {"quote": None, "quote_missing": True}, Reason.NO_QUOTE, id="no quote"
        ),
    ],
)
def test_an_entry_is_declined_for_a_reason(
    action: Action, facts: dict[str, object], reason: Reason
) -> None:
    step = ended(deciding(action, **facts))

    assert step.ending is Ending.DECLINED
    assert step.reason is reason
    assert step.detail


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"row": None}, id="no row"),
        pytest.param({"row": a_config_row(active=False)}, id="inactive row"),
        pytest.param({"row_problem": "no size"}, id="bad row"),
        pytest.param({"config_version": None, "row": None}, id="no configuration"),
        pytest.param({"asset": HALTED}, id="not tradable"),
        pytest.param({"quote": None, "asset": None}, id="nothing known of the market"),
        pytest.param({"hours": CLOSED}, id="market closed"),
    ],
)
def test_an_exit_is_never_refused(facts: dict[str, object]) -> None:
    rules = replace(RULES, when_closed=WhenClosed.REJECT, conflict=Conflict.REFUSE)
    held = some_facts(held=Decimal(5), **facts)

    step = decide(a_stored_signal(Action.CLOSE), held, rules, now=LATER)

    assert submitted(step).request.quantity == 5


def test_an_old_signal_opens_nothing_but_closes_the_other_side() -> None:
    flat = deciding(Action.BUY, age=OLD)
    short = deciding(Action.BUY, age=OLD, held=Decimal(-5))

    assert ended(flat).ending is Ending.EXPIRED
    assert submitted(short).leg is Leg.CLOSE


def test_the_age_of_a_reversals_opening_counts_from_its_own_close() -> None:
    closed = an_order(Leg.CLOSE, ended_at=LATER)

    assert age_counts_from(a_stored_signal(), ()) == NOON
    assert age_counts_from(a_stored_signal(), (closed,)) == LATER


def test_an_entry_waits_for_the_first_configuration() -> None:
    assert deciding(Action.BUY, config_version=None, row=None) == Wait()


def test_dollars_are_used_only_where_no_other_book_can_trade() -> None:
    step = submitted(deciding(Action.BUY, only_book=False))

    assert step.request.notional is None
    assert step.request.quantity == 24


def test_the_questions_about_the_market_come_when_they_are_needed() -> None:
    assert deciding(Action.BUY, asset=None, quote=None) == Ask(asset=True)
    assert deciding(Action.BUY, quote=None) == Ask(quote=True)


# --- two books of one symbol ---------------------------------------------------------------


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


# --- orders on their way ---------------------------------------------------------------------

UNKNOWN = {"status": OrderStatus.UNKNOWN, "order_id": None, "ended_at": None}
NOTHING = {"filled_quantity": Decimal(0), "counted_quantity": Decimal(0)}


def with_order(**changes: object) -> Facts:
    return some_facts(orders=(an_order(**{**NOTHING, **changes}),))  # type: ignore[arg-type]


def test_an_order_of_unknown_outcome_is_looked_up_and_never_sent_again() -> None:
    facts = with_order(**UNKNOWN)

    step = decide(a_stored_signal(), facts, RULES, now=LATER)

    assert step == LookUp(facts.orders[0])


def test_an_order_that_the_broker_keeps_denying_is_called_unknown() -> None:
    facts = replace(with_order(**UNKNOWN, missing_since=NOON), denied=True)

    assert isinstance(decide(a_stored_signal(), facts, RULES, now=NOON), LookUp)
    step = decide(a_stored_signal(), facts, RULES, now=NOON + RULES.grace)
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


def test_an_order_against_one_of_ours_that_rests_waits_for_it() -> None:
    resting = an_order(side=Side.SELL, status=OrderStatus.OPEN)

    assert deciding(Action.BUY, resting=(resting,)) == Wait()


def test_an_opening_waits_for_what_has_yet_to_leave_and_an_exit_does_not() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False)

    assert deciding(Action.SELL, unsent=(unsent,)) == Wait(parked=True)
    assert isinstance(deciding(Action.CLOSE, unsent=(unsent,), held=Decimal(10)), Submit)


def test_an_opening_whose_account_has_moved_before_it_could_leave_is_not_sent() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    assert deciding(Action.BUY, orders=(unsent,)) == Send(unsent)
    moved = ended(deciding(Action.BUY, orders=(unsent,), external=Decimal(-4)))
    assert (moved.ending, moved.reason) == (Ending.FAILED, Reason.POSITION_MISMATCH)


def test_a_halt_stops_an_opening_half_way() -> None:
    up_to_zero = an_order(leg_quantity=Decimal(40))

    step = ended(deciding(Action.BUY, held=Decimal(25), orders=(up_to_zero,), halt=HALT))

    assert step.ending is Ending.FAILED
    assert step.reason is Reason.HALTED


def test_an_opening_that_never_left_is_declined_by_a_halt() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    step = ended(deciding(Action.BUY, orders=(unsent,), halt=HALT))

    assert step.ending is Ending.DECLINED
    assert step.reason is Reason.HALTED


def test_a_close_that_never_left_is_sent_in_spite_of_a_halt() -> None:
    unsent = an_order(Leg.CLOSE, Side.SELL, status=OrderStatus.UNKNOWN, sent=False)

    assert deciding(Action.CLOSE, orders=(unsent,), halt=HALT) == Send(unsent)


@pytest.mark.parametrize("held", [Decimal(0), Decimal(-3)])
def test_a_signal_does_not_begin_while_a_newer_one_of_its_book_waits(held: Decimal) -> None:
    step = ended(deciding(Action.BUY, held=held, newer_waits=True))

    assert step.ending is Ending.SUPERSEDED


def test_a_reversal_ends_flat_where_a_newer_signal_waits_behind_its_close() -> None:
    closed = an_order(Leg.CLOSE)

    step = ended(deciding(Action.BUY, orders=(closed,), newer_waits=True))

    assert step.ending is Ending.SUPERSEDED


def test_a_close_waits_while_another_order_that_rests_is_selling_the_same_shares() -> None:
    selling = an_order(Leg.OPEN, Side.SELL, status=OrderStatus.OPEN, counted_quantity=Decimal(0))
    facts: dict[str, object] = {"held": Decimal(5), "other_books": (Decimal(20),)}

    assert deciding(Action.CLOSE, resting=(selling,), hours=CLOSED, **facts) == Wait(parked=True)
    assert submitted(deciding(Action.CLOSE, hours=CLOSED, **facts)).leg is Leg.CLOSE


def test_while_the_books_are_not_compared_entries_wait_and_exits_go_on() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    assert deciding(Action.BUY, compared=False) == Wait(parked=True)
    assert deciding(Action.BUY, compared=False, orders=(unsent,)) == Wait(parked=True)
    assert submitted(deciding(Action.CLOSE, compared=False, held=Decimal(5))).leg is Leg.CLOSE
    assert ended(deciding(Action.BUY, compared=False, age=OLD)).ending is Ending.EXPIRED


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


def test_a_sheet_that_was_not_read_for_too_long_stops_entries_and_no_exit() -> None:
    rules = replace(RULES, max_config_age=timedelta(hours=4))
    old = NOON - timedelta(hours=4, seconds=1)

    entry = decide(a_stored_signal(), some_facts(config_read_at=old), rules, now=NOON)
    fresh = decide(a_stored_signal(), some_facts(config_read_at=NOON), rules, now=NOON)
    unsaid = decide(a_stored_signal(), some_facts(config_read_at=None), rules, now=NOON)
    held = some_facts(config_read_at=old, held=Decimal(25))
    exit_ = decide(a_stored_signal(Action.CLOSE), held, rules, now=NOON)

    assert isinstance(entry, End)
    assert entry.reason is Reason.HALTED
    assert "the sheet has not been read since" in entry.detail
    assert isinstance(fresh, Submit)
    assert isinstance(unsaid, Submit)
    assert isinstance(exit_, Submit)


@pytest.mark.parametrize(
    ("row", "facts", "reason"),
    [
        pytest.param({"allow_short": False}, {}, Reason.NOT_SHORTABLE, id="no shorts"),
        pytest.param({"session": "09:30-10:00"}, {}, Reason.MARKET_CLOSED, id="out of hours"),
        pytest.param({"cooldown": 600}, {"last_entry": NOON}, Reason.ORDER_RATE, id="cooling"),
    ],
)
def test_a_rows_own_terms_stop_its_entries_and_no_exit(
    row: dict[str, object], facts: dict[str, object], reason: Reason
) -> None:
    terms = a_config_row(**row)

    entry = decide(a_stored_signal(Action.SELL), some_facts(row=terms, **facts), RULES, now=NOON)
    held = some_facts(row=terms, held=Decimal(25), **facts)
    exit_ = decide(a_stored_signal(Action.CLOSE), held, RULES, now=NOON)

    assert isinstance(entry, End)
    assert entry.reason is reason
    assert isinstance(exit_, Submit)


def test_a_rows_own_age_limit_counts() -> None:
    step = deciding(Action.BUY, row=a_config_row(max_signal_age=60), age=timedelta(seconds=61))

    assert isinstance(step, End)
    assert step.detail == "the signal is older than 60 s"

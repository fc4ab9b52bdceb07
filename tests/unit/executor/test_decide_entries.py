"""Why an entry is declined or waits, and that an exit never is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from novalgo_common.events import Action, Ending, Leg, OrderStatus, Reason
from novalgo_executor.broker import Asset
from novalgo_executor.decide import age_counts_from, decide
from novalgo_executor.facts import Conflict, WhenClosed
from novalgo_executor.steps import End, Submit, Wait
from tests.builders import NOON, SYMBOL, a_config_row
from tests.unit.executor.builders import CLOSED, RULES, a_stored_signal, an_order, some_facts
from tests.unit.executor.deciding import HALT, LATER, OLD, deciding, ended, submitted

UNSHORTABLE = Asset(symbol=SYMBOL, tradable=True, fractionable=True, shortable=False)
HALTED = Asset(symbol=SYMBOL, tradable=False, fractionable=True, shortable=True)
UNKNOWN = {"status": OrderStatus.UNKNOWN, "order_id": None, "ended_at": None}


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


def test_a_rows_own_age_limit_counts() -> None:
    step = deciding(Action.BUY, row=a_config_row(max_signal_age=60), age=timedelta(seconds=61))

    assert isinstance(step, End)
    assert step.detail == "the signal is older than 60 s"


def test_an_entry_waits_for_the_first_configuration() -> None:
    assert deciding(Action.BUY, config_version=None, row=None) == Wait()


def test_while_the_books_are_not_compared_entries_wait_and_exits_go_on() -> None:
    unsent = an_order(status=OrderStatus.UNKNOWN, sent=False, filled_quantity=Decimal(0))

    assert deciding(Action.BUY, compared=False) == Wait(parked=True)
    assert deciding(Action.BUY, compared=False, orders=(unsent,)) == Wait(parked=True)
    assert submitted(deciding(Action.CLOSE, compared=False, held=Decimal(5))).leg is Leg.CLOSE
    assert ended(deciding(Action.BUY, compared=False, age=OLD)).ending is Ending.EXPIRED


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


def test_a_halt_stops_an_opening_half_way() -> None:
    up_to_zero = an_order(leg_quantity=Decimal(40))

    step = ended(deciding(Action.BUY, held=Decimal(25), orders=(up_to_zero,), halt=HALT))

    assert step.ending is Ending.FAILED
    assert step.reason is Reason.HALTED

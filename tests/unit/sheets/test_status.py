import pytest

from novalgo_common.events import Action, Ending, Reason, RowStatus
from novalgo_sheets.status import Change, change_from, newest
from tests.builders import NOON, SECOND, SIGNAL_ID, a_signal_ended, an_order_submitted


@pytest.mark.parametrize(
    ("action", "ending", "reason", "status"),
    [
        pytest.param(Action.BUY, Ending.FILLED, None, RowStatus.FILLED, id="bought"),
        pytest.param(Action.SELL, Ending.FILLED, None, RowStatus.FILLED, id="sold short"),
        pytest.param(Action.CLOSE, Ending.FILLED, None, RowStatus.WAITING, id="closed"),
        pytest.param(
            Action.CLOSE, Ending.DECLINED, Reason.ALREADY_FLAT, RowStatus.WAITING, id="was flat"
        ),
        pytest.param(
            Action.BUY, Ending.DECLINED, Reason.ALREADY_LONG, RowStatus.ALREADY_LONG, id="was long"
        ),
        pytest.param(
            Action.SELL,
            Ending.DECLINED,
            Reason.ALREADY_SHORT,
            RowStatus.ALREADY_SHORT,
            id="was short",
        ),
        pytest.param(
            Action.BUY, Ending.DECLINED, Reason.TOO_SMALL, RowStatus.FAILED, id="declined"
        ),
        pytest.param(
            Action.BUY, Ending.FAILED, Reason.BROKER_REFUSED, RowStatus.FAILED, id="refused"
        ),
        pytest.param(Action.BUY, Ending.EXPIRED, Reason.STALE, RowStatus.FAILED, id="too late"),
        pytest.param(Action.BUY, Ending.DEAD, Reason.UNREADABLE, RowStatus.FAILED, id="dead"),
    ],
)
def test_each_ending_has_its_status(
    action: Action, ending: Ending, reason: Reason | None, status: RowStatus
) -> None:
    change = change_from(a_signal_ended(action=action, ending=ending, reason=reason))

    assert change is not None
    assert change.status is status


def test_a_superseded_signal_leaves_the_row_to_the_newer_one() -> None:
    assert change_from(a_signal_ended(ending=Ending.SUPERSEDED)) is None


def test_a_submitted_order_is_shown_for_its_signal() -> None:
    change = change_from(an_order_submitted())

    assert change is not None
    assert (change.status, change.signal_id) == (RowStatus.ORDER_SUBMITTED, SIGNAL_ID)


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("$5 buys no whole share of BRK.A", "$5 buys no whole share of BRK.A"),
        ("", "too small"),
        ("two\nlines", "two lines"),
        ("x" * 1000, "x" * 300),
    ],
)
def test_the_reason_is_the_events_sentence_or_its_word(detail: str, shown: str) -> None:
    ended = a_signal_ended(ending=Ending.DECLINED, reason=Reason.TOO_SMALL, detail=detail)

    change = change_from(ended)

    assert change is not None
    assert change.reason == shown


def test_the_latest_to_occur_counts_and_of_two_at_once_the_latest_to_arrive() -> None:
    submitted, filled = (change_from(an_order_submitted()), change_from(a_signal_ended()))
    late = change_from(an_order_submitted(occurred_at=NOON - SECOND))
    assert submitted
    assert filled
    assert late
    arrived = [at_position(each, n) for n, each in enumerate((submitted, filled, late))]

    assert newest(arrived)["AAPL", "15 Min"].status is RowStatus.FILLED


def at_position(change: Change, position: int) -> Change:
    return Change(
        event_id=change.event_id,
        signal_id=change.signal_id,
        key=change.key,
        at=change.at,
        status=change.status,
        position=position,
    )

"""The demo's day: decided in advance, and full of what such a day brings."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from novalgo_cli.demo.alert import Alert, Answer, an_alert
from novalgo_cli.demo.plan import BURST, CloseMarket, EditSheet, Send, plan_day
from novalgo_cli.demo.rows import ROWS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_one_seed_is_one_day_and_another_seed_another() -> None:
    assert plan_day(7) == plan_day(7)
    assert plan_day(7) != plan_day(8)


@pytest.mark.parametrize("seed", range(5))
def test_every_day_has_all_kinds_of_answers_and_more_than_150_alerts(seed: int) -> None:
    kinds = Counter(alert.expected for alert in _alerts(seed))

    assert kinds.total() >= 150
    assert set(kinds) == set(Answer) - {Answer.OTHER}


@pytest.mark.parametrize("seed", range(5))
def test_no_address_is_locked_out_by_its_wrong_secrets(seed: int) -> None:
    wrong = [alert for alert in _alerts(seed) if alert.expected is Answer.WRONG_SECRET]

    assert 0 < len(wrong) < 10


def test_the_steps_are_in_the_order_of_their_times() -> None:
    times = [step.at for step in plan_day(7)]

    assert times == sorted(times)


def test_a_resend_is_the_alert_that_went_before_it() -> None:
    sent: dict[int, Alert] = {}
    for alert in _alerts(7):
        if alert.expected is Answer.DUPLICATE:
            assert sent[alert.number].template == alert.template
        else:
            assert alert.number not in sent
        sent.setdefault(alert.number, alert)


def test_the_burst_is_100_alerts_of_20_charts() -> None:
    [burst] = [step for step in plan_day(7) if isinstance(step, Send) and step.together][:1]

    assert len(burst.alerts) == BURST
    assert len({alert.book for alert in burst.alerts}) == 20


def test_the_sheet_is_edited_during_the_day_and_the_market_closes_before_the_last_alert() -> None:
    steps = plan_day(7)

    assert {step.column for step in steps if isinstance(step, EditSheet)} == {
        "position_size",
        "active",
    }
    assert isinstance(steps[-2], CloseMarket)
    assert isinstance(steps[-1], Send)


def test_the_owner_has_18_rows_and_15_symbols_at_the_least() -> None:
    symbols = Counter(row.symbol for row in ROWS)

    assert len(ROWS) >= 18
    assert len(symbols) >= 15
    assert sum(count > 1 for count in symbols.values()) >= 2


@pytest.mark.parametrize("number", range(4))
def test_an_alert_carries_its_secret_and_its_time_in_every_spelling(number: int) -> None:
    alert = an_alert(number, "BUY", ("AAPL", "15 Min"))

    fields = json.loads(alert.body("made-up-secret", NOON))

    assert "made-up-secret" in fields.values()
    assert "2026-03-02T12:00:00.000+00:00" in fields.values()


def _alerts(seed: int) -> list[Alert]:
    return [alert for step in plan_day(seed) if isinstance(step, Send) for alert in step.alerts]

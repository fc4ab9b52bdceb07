"""When a light turns red, and what it says to do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from novalgo_analytics.page.condition import Condition, Neighbour
from novalgo_analytics.page.verdict import STATEMENT_IS_OLD, Answer, Evidence, Light, answers
from novalgo_common.events import ConfigProblem, Ending
from tests.builders import NOON, a_halt, an_account_snapshot

NAMES = ("ingest", "executor", "sheets")
WELL = Evidence(
    now=NOON,
    own_problems=(),
    neighbours=[Neighbour(name=name, condition=Condition.READY) for name in NAMES],
    account=an_account_snapshot(occurred_at=NOON),
    halts=(),
    positions=(),
    problems=(),
    channels=(),
    dead_channels=(),
    dead_letters=0,
    endings_today={Ending.FILLED: 3},
    unknown_today=0,
    change_today=Decimal("12.50"),
)


def lights(told: Sequence[Answer]) -> list[str]:
    return [answer.light.value for answer in told]


def test_all_is_green_where_nothing_is_wrong_and_something_was_earned() -> None:
    assert lights(answers(WELL)) == ["green", "green", "green"]


@pytest.mark.parametrize(
    ("changed", "trading", "right"),
    [
        pytest.param(
            {"neighbours": [Neighbour(name="executor", condition=Condition.DOWN)]},
            "red",
            "green",
            id="a service is down",
        ),
        pytest.param({"halts": [a_halt(symbol=None, timeframe=None)]}, "red", "green", id="halt"),
        pytest.param(
            {"halts": [a_halt(symbol="AAPL", timeframe=None)]}, "amber", "green", id="a symbol's"
        ),
        pytest.param(
            {"now": NOON + STATEMENT_IS_OLD + timedelta(seconds=1)},
            "red",
            "green",
            id="the broker's statement is old",
        ),
        pytest.param({"account": None}, "grey", "green", id="no statement yet"),
        pytest.param({"dead_channels": ["mail"]}, "amber", "green", id="a dead channel"),
        pytest.param(
            {
                "neighbours": [
                    Neighbour(name="ingest", condition=Condition.READY, mailbox="refused")
                ]
            },
            "amber",
            "green",
            id="a mailbox that cannot be read",
        ),
        pytest.param({"dead_letters": 1}, "green", "red", id="a dead letter"),
        pytest.param({"unknown_today": 1}, "green", "red", id="an unknown outcome"),
        pytest.param(
            {"endings_today": {Ending.FAILED: 1}}, "green", "amber", id="a signal that failed"
        ),
        pytest.param(
            {"problems": [ConfigProblem(row=2, symbol="X", timeframe="", message="bad")]},
            "green",
            "amber",
            id="a row that cannot be used",
        ),
    ],
)
def test_what_is_wrong_shows_in_its_light_and_says_what_to_do(
    changed: dict[str, object], trading: str, right: str
) -> None:
    told = answers(replace(WELL, **changed))  # type: ignore[arg-type]

    assert lights(told)[:2] == [trading, right]
    findings = [finding for answer in told for finding in answer.findings]
    assert all(finding.what and finding.todo for finding in findings)


@pytest.mark.parametrize(
    ("change", "light"),
    [("0.01", Light.GREEN), ("-5", Light.AMBER), ("0.001", Light.GREY), (None, Light.GREY)],
)
def test_a_loss_is_no_alarm(change: str | None, light: Light) -> None:
    change_today = Decimal(change) if change else None

    assert answers(replace(WELL, change_today=change_today))[2].light is light

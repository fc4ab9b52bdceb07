"""What is told, how urgently, how often: the rules as their file has them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.notifications.notice import Kind, Level, Notice
from novalgo_analytics.notifications.outgoing import Outgoing, outgoing
from novalgo_analytics.notifications.rules import Rules, parse_rules
from novalgo_analytics.notifications.rules_file import read_rules, shipped
from novalgo_analytics.notifications.telling import notice_of
from novalgo_analytics.notifications.thresholds import crossed, late
from novalgo_common.errors import SettingsError
from novalgo_common.events import Ending, Event, Reason
from tests.builders import (
    NOON,
    SECOND,
    a_config_changed,
    a_config_problem,
    a_config_row,
    a_fill,
    a_halt,
    a_position,
    a_resumption,
    a_signal,
    a_signal_ended,
    an_account_snapshot,
    an_alarm,
)

MINUTE = timedelta(minutes=1)
RULES = parse_rules(shipped(), "alerts.toml")


def altered(before: str, after: str) -> Rules:
    assert before in shipped()
    return parse_rules(shipped().replace(before, after), "alerts.toml")


@pytest.mark.parametrize(
    ("event", "kind", "level", "text"),
    [
        pytest.param(
            a_fill(), Kind.FILL, Level.INFO, "AAPL 15 Min: bought 25 at $200.00 (open)", id="a fill"
        ),
        pytest.param(
            a_fill(timeframe=None, client_order_id=None, leg=None, side="sell"),
            Kind.FILL,
            Level.INFO,
            "AAPL by hand: sold 25 at $200.00 (not NovAlgo's order)",
            id="a trade by hand",
        ),
        pytest.param(
            a_signal_ended(ending=Ending.FAILED, reason=Reason.BROKER_REFUSED),
            Kind.FAILURE,
            Level.CRITICAL,
            "BUY AAPL 15 Min failed: broker refused",
            id="a failure",
        ),
        pytest.param(
            a_signal_ended(ending=Ending.DEAD, detail="it cannot be read"),
            Kind.DEAD_LETTER,
            Level.CRITICAL,
            "BUY AAPL 15 Min is dead: it cannot be read.",
            id="a dead letter",
        ),
        pytest.param(
            a_halt(reason="day_loss: $1,200.00 lost"),
            Kind.HALT,
            Level.CRITICAL,
            "Halted: AAPL 15 Min. day_loss: $1,200.00 lost",
            id="a halt",
        ),
        pytest.param(
            a_resumption(), Kind.HALT, Level.CRITICAL, "Resumed: everything", id="a resumption"
        ),
        pytest.param(
            a_config_changed(
                version=3,
                rows=(a_config_row(), a_config_row(symbol="MSFT", active=False)),
                problems=(a_config_problem(row=4, message="no such symbol"),),
            ),
            Kind.CONFIG,
            Level.INFO,
            "Config version 3: 2 rows, 1 active; row 4: no such symbol",
            id="a change of the config",
        ),
        pytest.param(
            an_alarm(code="alert_silent", message="AAPL 15 Min has been quiet.", symbol="AAPL"),
            Kind.SILENCE,
            Level.WARNING,
            "AAPL 15 Min has been quiet.",
            id="silence",
        ),
        pytest.param(
            an_alarm(code="drift", message="AAPL differs."),
            Kind.DRIFT,
            Level.CRITICAL,
            "AAPL differs.",
            id="drift",
        ),
        pytest.param(
            an_alarm(message="Share the sheet."),
            Kind.ALARM,
            Level.WARNING,
            "Share the sheet. (sheets: sheet_unreadable)",
            id="any other alarm",
        ),
    ],
)
def test_an_event_is_told_by_its_template(
    event: Event, kind: Kind, level: Level, text: str
) -> None:
    notice = notice_of(event, RULES)

    assert notice is not None
    assert (notice.kind, notice.level, notice.text) == (kind, level, text)
    assert notice.notice_id == str(event.event_id)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(a_signal(), id="a signal"),
        pytest.param(a_signal_ended(), id="a signal that filled"),
        pytest.param(a_signal_ended(ending=Ending.DECLINED), id="a kind that is off"),
    ],
)
def test_the_ordinary_is_not_told(event: Event) -> None:
    assert notice_of(event, RULES) is None


def told_rules(snapshot_changes: Mapping[str, object], highest: str | None = None) -> list[str]:
    rules = parse_rules(
        shipped()
        .replace("# position_loss", "position_loss")
        .replace("# profit_target", "profit_target")
        .replace("# exposure", "exposure")
        .replace("# least_buying", "least_buying"),
        "alerts.toml",
    )
    quiet: dict[str, object] = {"equity": Decimal(100_000), "last_equity": Decimal(100_000)}
    snapshot = an_account_snapshot(**(quiet | dict(snapshot_changes)))
    found = crossed(snapshot, Decimal(highest) if highest else None, rules)
    return [notice.text for notice in found]


@pytest.mark.parametrize(
    ("changes", "highest", "text"),
    [
        pytest.param(
            {},
            "112000",
            "The equity, $100,000.00, is 10.7% below its highest close, $112,000.00.",
            id="a drawdown",
        ),
        pytest.param(
            {"last_equity": Decimal(101_000)},
            None,
            "$1,000.00 lost since the last close.",
            id="a day's loss",
        ),
        pytest.param(
            {"last_equity": Decimal(97_000)},
            None,
            "$3,000.00 earned since the last close.",
            id="the target of profit",
        ),
        pytest.param(
            {"positions": (a_position(unrealized_pl=Decimal(-500)),)},
            None,
            "AAPL is behind by $500.00.",
            id="a position's loss",
        ),
        pytest.param(
            {"positions": (a_position(market_value=Decimal(-150_000)),)},
            None,
            "Longs and shorts are $150,000.00, 150% of the equity.",
            id="the exposure",
        ),
        pytest.param(
            {"buying_power": Decimal(4_999)},
            None,
            "$4,999.00 of buying power left, less than $5,000.00.",
            id="the margin",
        ),
    ],
)
def test_a_threshold_that_is_crossed_is_told(
    changes: Mapping[str, object], highest: str | None, text: str
) -> None:
    assert told_rules(changes, highest) == [text]


def test_an_account_within_its_thresholds_is_not_told() -> None:
    assert told_rules({}, "110000") == []


@pytest.mark.parametrize(("seconds", "told"), [(60, False), (61, True)])
def test_a_signal_that_took_too_long_is_told(seconds: int, told: bool) -> None:
    way = Way(
        signal_id="1",
        symbol="AAPL",
        timeframe="15 Min",
        ending=Ending.FILLED,
        reason=None,
        times={Milestone.ALERT: NOON, Milestone.FILLED: NOON + seconds * SECOND},
    )

    assert (late(a_signal_ended(), way, RULES) is not None) is told


def a_notice(number: int, kind: Kind = Kind.ALARM, **changes: object) -> Notice:
    ordinary: dict[str, object] = {
        "notice_id": str(number),
        "kind": kind,
        "level": Level.WARNING,
        "key": f"{kind}: trouble",
        "title": "Trouble",
        "text": f"line {number}",
        "at": NOON,
    }
    return Notice(**(ordinary | changes))  # type: ignore[arg-type]


def out(
    *notices: Notice,
    told_at: Mapping[str, datetime] | None = None,
    held_back: Mapping[str, int] | None = None,
    now: datetime = NOON,
) -> Outgoing:
    return outgoing(notices, told_at or {}, held_back or {}, RULES, now)


def test_a_digest_waits_and_then_tells_all_together() -> None:
    fills = [a_notice(n, Kind.FILL, key=str(n), title="Fill") for n in range(3)]

    assert out(*fills, now=NOON + 4 * MINUTE).messages == ()

    [message] = out(*fills, now=NOON + 5 * MINUTE).messages
    assert message.title == "3 × Fill"
    assert message.text == "line 0\nline 1\nline 2"


def test_a_digest_of_very_many_counts_the_rest() -> None:
    fills = [a_notice(n, Kind.FILL, key=str(n)) for n in range(100)]

    [message] = out(*fills, now=NOON + 5 * MINUTE).messages

    assert len(message.text.splitlines()) == 41
    assert message.text.endswith("and 60 more")


def test_the_same_trouble_is_told_once_within_its_cool_down() -> None:
    found = out(a_notice(1), a_notice(2), a_notice(3, key="alarm: other"))

    assert [message.text for message in found.messages] == ["line 1", "line 3"]
    assert found.told == {"1", "2", "3"}
    assert found.keys == {"alarm: trouble", "alarm: other"}


def test_after_the_cool_down_it_is_told_with_how_often_it_came() -> None:
    before = {"alarm: trouble": NOON - 30 * MINUTE}

    early = [a_notice(n, at=NOON - MINUTE) for n in range(2)]

    cooling = out(*early, told_at=before, now=NOON - MINUTE)
    assert cooling.messages == ()
    assert cooling.held_back == {"alarm: trouble": 2}
    [message] = out(a_notice(1), told_at=before, held_back={"alarm: trouble": 7}).messages
    assert message.text == "line 1\n7 more of this since it was told last."


def test_kinds_without_a_cool_down_are_told_each_time() -> None:
    halts = [a_notice(n, Kind.HALT, key="halt: everything") for n in range(2)]

    assert len(out(*halts, told_at={"halt: everything": NOON}).messages) == 2


def test_the_file_is_written_the_first_time_and_read_as_it_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "data" / "alerts.toml"
    assert read_rules(path) == RULES

    path.write_text(shipped().replace("day_loss_dollars = 1000", "day_loss_dollars = 250"))

    assert read_rules(path).rules.day_loss_dollars == 250


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param('"info"', '"loud"', "notices.fill.level", id="a level that is none"),
        pytest.param("{leg}", "{legs}", "{legs} is none of", id="a word that is none"),
        pytest.param("({leg})", "({leg)", "notices.fill.template", id="half a word"),
        pytest.param("[notices.halt]", "[notices.stop]", "stop", id="a kind that is none"),
        pytest.param("latency_seconds = 60", "latency = 60", "rules.latency", id="a rule"),
        pytest.param("= 10 ", "= -10 ", "rules.drawdown_percent", id="less than nothing"),
        pytest.param("[rules]", "[rules", "alerts.toml", id="no TOML"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_one_line(before: str, after: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        altered(before, after)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)

"""Is it trading, is it right, is it earning: three lights, and what to do about red.  Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from novalgo_analytics.figures import Position
from novalgo_analytics.page.condition import Condition, Neighbour
from novalgo_common.events import AccountSnapshotTaken, ConfigProblem, Ending, TradingHalted

STATEMENT_IS_OLD = timedelta(minutes=3)
"""Executor asks the broker twice a minute."""


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"  #: look when you have time
    RED = "red"  #: look now
    GREY = "grey"  #: not known yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    light: Light
    what: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """To one of the three questions."""

    question: str
    light: Light
    says: str
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the lights are decided on."""

    now: datetime
    own_problems: Sequence[str]
    neighbours: Sequence[Neighbour]
    account: AccountSnapshotTaken | None
    halts: Sequence[TradingHalted]
    positions: Sequence[Position]
    channels: Sequence[str]
    """Those over which the owner is told."""
    dead_channels: Sequence[str]
    problems: Sequence[ConfigProblem]
    """Rows of the Config tab that cannot be used."""
    dead_letters: int
    endings_today: dict[Ending | None, int]
    unknown_today: int
    """Signals that ended with an outcome that is not known."""
    change_today: Decimal | None
    """Dollars earned since the close before: what was moved in or out is left out."""


def answers(evidence: Evidence) -> tuple[Answer, ...]:
    """Return the three answers, in the order in which one asks."""
    return (
        _answer("Is it trading?", _trading(evidence), "Yes: every service and link works"),
        _answer("Is it right?", _right(evidence), "Yes: both counts agree, nothing is lost"),
        _earning(evidence),
    )


def _answer(question: str, findings: Iterator[Finding], good: str) -> Answer:
    ranked = sorted(findings, key=lambda each: _RANKS.index(each.light))
    if not ranked:
        return Answer(question=question, light=Light.GREEN, says=good, findings=())
    return Answer(
        question=question, light=ranked[0].light, says=ranked[0].what, findings=tuple(ranked)
    )


_RANKS = (Light.RED, Light.AMBER, Light.GREY, Light.GREEN)


def _trading(evidence: Evidence) -> Iterator[Finding]:
    for neighbour in evidence.neighbours:
        yield from _neighbour(neighbour)
        if neighbour.mailbox:
            yield Finding(
                light=Light.AMBER,
                what=f"The mailbox for alerts cannot be read: {neighbour.mailbox}",
                todo="Webhooks go on. It tries again by itself; look at the NOVALGO_IMAP settings",
            )
    for problem in evidence.own_problems:
        yield Finding(light=Light.RED, what=f"analytics: {problem}", todo="Look at its log")
    for channel in evidence.dead_channels:
        yield Finding(
            light=Light.AMBER,
            what=f"Notifications do not arrive: {channel} is dead",
            todo="What is for it waits for a day. Look at NOVALGO_NOTIFY_URLS, or at the service",
        )
    for halt in evidence.halts:
        scope = " ".join(part for part in (halt.symbol, halt.timeframe) if part)
        yield Finding(
            light=Light.RED if not scope else Light.AMBER,
            what=f"Entries are halted for {scope or 'everything'}: {halt.reason}",
            todo="Exits go on. Resume under Control once the cause is gone",
        )
    if evidence.account is None:
        yield Finding(
            light=Light.GREY,
            what="The broker has not stated the account yet",
            todo="Wait half a minute; then look at executor's log and run `novalgo doctor`",
        )
    elif evidence.now - evidence.account.occurred_at > STATEMENT_IS_OLD:
        minutes = int((evidence.now - evidence.account.occurred_at).total_seconds() // 60)
        yield Finding(
            light=Light.RED,
            what=f"The broker's last statement is {minutes} minutes old",
            todo="Executor does not reach Alpaca, or its events do not arrive: `novalgo doctor`",
        )


def _neighbour(neighbour: Neighbour) -> Iterator[Finding]:
    match neighbour.condition:
        case Condition.DOWN:
            yield Finding(
                light=Light.RED,
                what=f"{neighbour.name} does not answer",
                todo=_DOWN[neighbour.name],
            )
        case Condition.NOT_READY:
            for problem in neighbour.problems.values():
                yield Finding(
                    light=Light.RED,
                    what=f"{neighbour.name}: {problem}",
                    todo="It tries again by itself; `novalgo doctor` says more",
                )
        case Condition.UNKNOWN:
            yield Finding(
                light=Light.GREY, what=f"{neighbour.name} was not asked yet", todo="Wait a moment"
            )
        case Condition.READY:
            pass


_DOWN = {
    "ingest": "Alerts are lost after TradingView's four tries: start it now",
    "executor": "No order leaves; signals wait in the queue and may grow too old: start it now",
    "sheets": "Trading goes on with the last config; the sheet stands still: start it again",
}


def _right(evidence: Evidence) -> Iterator[Finding]:
    for position in evidence.positions:
        if not position.agrees:
            yield Finding(
                light=Light.RED,
                what=f"{position.symbol}: the broker holds {position.quantity:f}, the fills add up "
                f"to {position.counted:f}",
                todo="Compare with Alpaca's own page. A trade by hand shows up within a minute",
            )
    if evidence.dead_letters:
        yield Finding(
            light=Light.RED,
            what=f"Dead letters: {evidence.dead_letters}",
            todo="A message could not be handled. Control lists them, says why, and can try again",
        )
    if evidence.unknown_today:
        yield Finding(
            light=Light.RED,
            what=f"Orders of unknown outcome today: {evidence.unknown_today}",
            todo="Look at the receipt, then at Alpaca's own page, before you trade the symbol",
        )
    failed = evidence.endings_today.get(Ending.FAILED, 0) - evidence.unknown_today
    if failed > 0:
        yield Finding(
            light=Light.AMBER,
            what=f"Signals that failed today: {failed}",
            todo="Signals, filtered by failed, says why each did",
        )
    if evidence.problems:
        rows = ", ".join(str(problem.row) for problem in evidence.problems[:5])
        yield Finding(
            light=Light.AMBER,
            what=f"Rows of the Config tab that cannot be used: {rows}",
            todo=f"{evidence.problems[0].message}. Mend it in the sheet; it is read within seconds",
        )


def _earning(evidence: Evidence) -> Answer:
    change = evidence.change_today
    question = "Is it earning?"
    if change is None:
        return Answer(question=question, light=Light.GREY, says="Not known yet", findings=())
    cents = change.quantize(Decimal("0.01"))
    if cents == 0:
        return Answer(question=question, light=Light.GREY, says="Even today", findings=())
    light = Light.GREEN if cents > 0 else Light.AMBER
    verb = "up" if cents > 0 else "down"
    says = f"The account is {verb} ${abs(cents):,.2f} today"
    return Answer(question=question, light=light, says=says, findings=())

"""The overview: is it trading, is it right, is it earning, and how is everything."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from novalgo_analytics.page.api.accounts import Account, Earnings, Halt
from novalgo_analytics.page.api.signals import Signal
from novalgo_analytics.page.api.words import Amount, Body
from novalgo_analytics.page.condition import Condition
from novalgo_analytics.page.encoded import Encoded
from novalgo_analytics.page.links import Link, links
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_analytics.page.standing import account_body, exposure, halt_body, standing
from novalgo_analytics.page.verdict import Evidence, Light, answers
from novalgo_analytics.performance import closed_trades
from novalgo_analytics.store import lookups
from novalgo_analytics.summary import summary
from novalgo_common.events import AlarmRaised, Ending, Reason
from novalgo_common.exchange_days import day_of, midnight

SECOND = 1.0
SIGNALS_SHOWN = 12
ALARMS_SHOWN = 6
ALARMS_OF = timedelta(days=1)


class Finding(Body):
    light: Light
    what: str
    todo: str


class Answer(Body):
    question: str
    light: Light
    says: str
    findings: list[Finding]


class Exposure(Body):
    long: Amount
    short: Amount
    gross: Amount
    net: Amount


class Service(Body):
    name: str
    condition: Condition
    problems: dict[str, str]
    checked_at: datetime | None
    since: datetime | None


class LinkState(Body):
    name: str
    light: Light
    says: str
    heard_at: datetime | None


class Alarm(Body):
    at: datetime
    service: str
    code: str
    message: str
    symbol: str | None


class Point(Body):
    at: datetime
    equity: Amount


class Overview(Body):
    at: datetime
    position: int
    """Of the journal: what comes after it is not in here."""
    answers: list[Answer]
    account: Account | None
    change_today: Amount | None
    """Dollars of equity since the close before."""
    earned: Earnings
    exposure: Exposure
    open_positions: int
    equity_today: list[Point]
    signals_today: int
    endings_today: dict[str, int]
    signals: list[Signal]
    halts: list[Halt]
    alarms: list[Alarm]
    dead_letters: int
    services: list[Service]
    links: list[LinkState]


def overview_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["overview"])
    kept: Kept[Encoded] = Kept(SECOND)

    async def make() -> Encoded:
        return await Encoded.of(await _overview(sources))

    @router.get("/overview", response_model=Overview)
    async def overview(request: Request) -> Response:
        """Made at most once a second, however many pages are open."""
        return (await kept.get(make)).response(request)

    @router.get("/services")
    async def services() -> list[Service]:
        return _services(sources)

    @router.get("/summary")
    async def numbers() -> dict[str, Any]:
        """The account, what was earned, by symbol and by book: what `novalgo profit` prints."""
        endings = await sources.store.signals_by_ending()
        closed = closed_trades(await sources.bookkeeper.ledgers(), sources.clock())
        cash = await sources.store.cash()
        return summary(await standing(sources), endings, closed, cash)

    return router


async def _overview(sources: Sources) -> Overview:
    now, position = sources.clock(), sources.feed.position
    today, store = midnight(day_of(now)), sources.store
    numbers = await standing(sources)
    seen = await store.look(lambda c: lookups.lately(c, today, SIGNALS_SHOWN, ALARMS_SHOWN))
    endings: dict[Ending | None, int] = {}
    for (ending, _), count in seen.counts.items():
        endings[ending] = endings.get(ending, 0) + count
    letters = max(sources.bus.dead_letter_count(), endings.get(Ending.DEAD, 0))
    evidence = Evidence(
        now=now,
        own_problems=list(sources.readiness.problems().values()),
        neighbours=list(sources.neighbours.seen.values()),
        account=numbers.account,
        halts=seen.halts,
        positions=numbers.positions,
        channels=sources.channels,
        dead_channels=sources.dead_channels(),
        problems=seen.config.problems if seen.config else (),
        dead_letters=letters,
        endings_today=endings,
        unknown_today=seen.counts.get((Ending.FAILED, Reason.OUTCOME_UNKNOWN.value), 0),
        change_today=numbers.account.earned if numbers.account else None,
    )
    return Overview(
        at=now,
        position=position,
        answers=[Answer.model_validate(each) for each in answers(evidence)],
        account=account_body(numbers.account),
        change_today=evidence.change_today,
        earned=Earnings.model_validate(numbers.total),
        exposure=Exposure.model_validate(exposure(numbers)),
        open_positions=len(numbers.positions),
        equity_today=[Point.model_validate(each) for each in seen.equity],
        signals_today=sum(endings.values()),
        endings_today={ending or "under way": count for ending, count in endings.items()},
        signals=[Signal.model_validate(each) for each in seen.signals],
        halts=[halt_body(halt) for halt in seen.halts],
        alarms=_alarms(seen.alarms, now),
        dead_letters=letters,
        services=_services(sources),
        links=[_link(each) for each in links(evidence, seen.written_at, sources.bus.problems())],
    )


def _services(sources: Sources) -> list[Service]:
    problems = sources.readiness.problems()
    condition = Condition.NOT_READY if problems else Condition.READY
    now = sources.clock()
    own = Service(
        name="analytics", condition=condition, problems=problems, checked_at=now, since=None
    )
    return [*(Service.model_validate(each) for each in sources.neighbours.seen.values()), own]


def _alarms(events: Sequence[AlarmRaised], now: datetime) -> list[Alarm]:
    return [
        Alarm(
            at=event.occurred_at,
            service=event.service,
            code=event.code,
            message=event.message,
            symbol=event.symbol,
        )
        for event in events
        if now - event.occurred_at < ALARMS_OF
    ]


def _link(link: Link) -> LinkState:
    return LinkState.model_validate(link)

"""Executor with one of its safeguards taken out, to show that the simulation notices."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch
from uuid import uuid5

from sqlalchemy.engine import Connection

from novalgo_common.errors import PublishError
from novalgo_common.events import Ending, Event, Leg, OrderStatus, Reason, SignalReceived
from novalgo_common.relay import Relay
from novalgo_common.store import Waiting
from novalgo_executor import decide as deciding
from novalgo_executor import desk as desks
from novalgo_executor import main, position_check
from novalgo_executor.broker import BrokerFill, Undoing
from novalgo_executor.decide import decide
from novalgo_executor.desk import Desk
from novalgo_executor.facts import Facts, Order, Rules, Signal
from novalgo_executor.handler import Handler
from novalgo_executor.limits import Trip
from novalgo_executor.reconciler import Reconciler
from novalgo_executor.steps import Ask, End, Step, Submit, Wait
from novalgo_executor.store import Counted, Store, account, positions, requests
from novalgo_executor.symbol_workers import SymbolWorkers
from tests.simulation.audit.promises import Promise


@dataclass(frozen=True, slots=True)
class Mutant:
    without: str
    """The safeguard that is taken out."""
    apply: Callable[[], AbstractContextManager[object]]
    breaks: tuple[Promise, ...]
    """The promises of which one must be seen broken."""
    first: int = 0
    """The seed to begin with: near one that is known to show it."""


class _IntentLater(Store):
    async def add_intent(self, *args: Any, **options: Any) -> bool:
        add = partial(super().add_intent, *args, **options)
        self.later = asyncio.create_task(_after(0.05, add))
        return True


async def _after(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    await asyncio.sleep(seconds)
    await work()


class _SendsAgain(Desk):
    async def _look_up(self, order: Order) -> bool:
        if order.status is not OrderStatus.UNKNOWN:
            return await super()._look_up(order)
        await self._send(order.request)
        return True


class _NoDedup(Store):
    async def add_signal(self, event: SignalReceived) -> bool:
        if await super().add_signal(event):
            return True
        again = event.model_copy(update={"event_id": uuid5(event.event_id, "again")})
        return await super().add_signal(again)


class _MarksFirst(Relay):
    async def _publish(self, of_key: Sequence[Waiting]) -> list[int]:
        for item in of_key:
            try:
                await self._publisher.publish(item.event)
            except PublishError:
                continue
        return [item.position for item in of_key]


class _NoSupersede(Store):
    async def supersede(self, symbol: str) -> list[Signal]:
        return []


class _AcksFirst(Handler):
    async def take_signal(self, event: Event) -> None:
        asyncio.create_task(_after(0.05, partial(super().take_signal, event)))  # noqa: RUF006


class _TrustsTheStream(Reconciler):
    async def reconcile(self) -> None:
        self._problem = None
        await self._agreed()


class _OvertakingWorkers(SymbolWorkers):
    async def _advance_all(self, symbol: str, *, look_up: bool) -> list[Wait]:
        found = list(reversed(await self._desk.waiting(symbol)))
        waits = [await self._advance(signal) for signal in found]
        return [wait for wait in waits if wait is not None]


@contextmanager
def _fills_counted_again() -> Iterator[None]:
    is_counted, count = positions.is_counted, positions.count

    def count_again(connection: Connection, fill: BrokerFill, timeframe: str | None) -> Any:
        while is_counted(connection, fill):
            fill = replace(fill, cumulative=fill.cumulative + 1_000_000)
        return count(connection, fill, timeframe)

    with (
        patch.object(positions, "is_counted", lambda _connection, _fill: False),
        patch.object(positions, "count", count_again),
    ):
        yield


def _deciding(change: Callable[[Step, Signal, Facts, Rules, datetime], Step]) -> Any:
    """Return a patch that changes what was decided."""

    def changed(signal: Signal, facts: Facts, rules: Rules, *, now: datetime) -> Step:
        return change(decide(signal, facts, rules, now=now), signal, facts, rules, now)

    return patch.object(desks, "decide", changed)


def _not_looking(step: Step, signal: Signal, facts: Facts, rules: Rules, now: datetime) -> Step:
    if isinstance(step, Ask) and step.position:
        return decide(signal, replace(facts, broker_position=facts.net), rules, now=now)
    return step


def _blind_to_newer(step: Step, signal: Signal, facts: Facts, rules: Rules, now: datetime) -> Step:
    return decide(signal, replace(facts, newer_waits=False), rules, now=now)


@contextmanager
def _no_superseding() -> Iterator[None]:
    with patch.object(main, "Store", _NoSupersede), _deciding(_blind_to_newer):
        yield


@contextmanager
def _overtaking() -> Iterator[None]:
    # Superseding alone would hide it: an older signal rarely lives to be overtaken.
    with _no_superseding(), patch.object(main, "SymbolWorkers", _OvertakingWorkers):
        yield


def _refusing_exits(step: Step, _s: Signal, facts: Facts, _r: Rules, _now: datetime) -> Step:
    is_exit = isinstance(step, Submit) and step.leg is Leg.CLOSE
    inactive = facts.row is None or not facts.row.active
    if is_exit and inactive:
        return End(Ending.DECLINED, Reason.ROW_INACTIVE)
    return step


def _closing_too_much(step: Step, _s: Signal, _f: Facts, _r: Rules, _now: datetime) -> Step:
    if isinstance(step, Submit) and step.leg is Leg.CLOSE and step.request.quantity:
        quantity = step.request.quantity * Decimal(2)
        return replace(step, request=replace(step.request, quantity=quantity))
    return step


def _never_refused(
    _signal: Signal, facts: Facts, _rules: Rules, *, now: datetime
) -> End | Ask | None:
    if facts.row is None:
        return End(Ending.DECLINED, Reason.ROW_MISSING)
    return Ask(asset=True) if facts.asset is None else None


class _ForgetsBusts(Store):
    async def undo(self, undoing: Undoing) -> Sequence[Counted]:
        return ()


class _LeavesLateOrders(Store):
    async def settle_late(self, order: Order) -> bool:
        return False


class _TrustsForEver(Reconciler):
    @property
    def is_recent(self) -> bool:
        return True


@contextmanager
def _without_limits() -> Iterator[None]:
    # Both looks: the second, in the intent's own transaction, is for what others opened meanwhile.
    with (
        patch.object(deciding, "refuse_size", lambda *_: None),
        patch.object(desks, "refuse_size", lambda *_: None),
    ):
        yield


class _LimitsNothing(Store):
    async def check_limits(self, *_: object) -> list[Trip]:
        return []


def _instead(name: str, mutated: object) -> Callable[[], AbstractContextManager[object]]:
    return lambda: patch.object(main, name, mutated)


MUTANTS = (
    Mutant("the intent's commit", _instead("Store", _IntentLater), (Promise.INTENT_FIRST,)),
    Mutant("the look-up", _instead("Desk", _SendsAgain), (Promise.SENT_ONCE,)),
    Mutant("the signals' dedup", _instead("Store", _NoDedup), (Promise.ONE_ORDER,)),
    Mutant("the fills' dedup", _fills_counted_again, (Promise.FILLS_ONCE,)),
    Mutant("the wait for the confirm", _instead("Relay", _MarksFirst), (Promise.TOLD,)),
    Mutant("the flat check", lambda: _deciding(_not_looking), (Promise.FLAT_SEEN,)),
    Mutant("superseding", _no_superseding, (Promise.NEWEST_WINS,)),
    Mutant("the commit before the ack", _instead("Handler", _AcksFirst), (Promise.DRAINS,)),
    Mutant(
        "reconciliation",
        _instead("Reconciler", _TrustsTheStream),
        (Promise.BOOKS_AGREE, Promise.FILLS_ONCE),
    ),
    Mutant("the order in a book", _overtaking, (Promise.IN_ORDER,)),
    Mutant("the free way for exits", lambda: _deciding(_refusing_exits), (Promise.EXITS_ALLOWED,)),
    Mutant(
        "the exact closing quantity", lambda: _deciding(_closing_too_much), (Promise.TRUE_INTENT,)
    ),
    Mutant(
        "the refusals of entries",
        lambda: patch.object(deciding, "refuse_entry", _never_refused),
        (Promise.ENTRY_NEEDS_ROW,),
    ),
    Mutant(
        "the requests' dedup",
        lambda: patch.object(requests, "take", lambda *_: True),
        (Promise.OBEYED_ONCE,),
    ),
    Mutant(
        "the limits of an entry",
        _without_limits,
        (Promise.WITHIN_LIMITS, Promise.RATE),
    ),
    Mutant(
        "the tripping of limits", _instead("Store", _LimitsNothing), (Promise.TRIPPED,), first=660
    ),
    Mutant(
        "the recognition of a split",
        lambda: patch.object(position_check, "recognised", lambda *_: False),
        (Promise.SPLIT_TOLD,),
        first=40,
    ),
    Mutant(
        "the look for a reset",
        lambda: patch.object(account, "note_reset", lambda *_: None),
        (Promise.RESET_STOPS,),
        first=1008,
    ),
    Mutant("the undoing of busts", _instead("Store", _ForgetsBusts), (Promise.UNDONE,)),
    Mutant(
        "the settling of late orders",
        _instead("Store", _LeavesLateOrders),
        (Promise.LATE_SETTLED,),
    ),
    Mutant(
        "the look at the last comparison",
        _instead("Reconciler", _TrustsForEver),
        (Promise.COMPARED,),
        first=168,
    ),
)

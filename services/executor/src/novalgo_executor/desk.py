"""Takes one signal towards its ending: gather the facts, decide, perform, and again.

All that matters is in the store before it is done, so that a restart goes on where this stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import assert_never

import structlog

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.events import Action, OrderStatus, SignalReceived
from novalgo_common.observability import about
from novalgo_common.tracing import span
from novalgo_executor.ages import Ages
from novalgo_executor.broker import (
    Accepted,
    Broker,
    BrokerOrder,
    NotSent,
    OrderRequest,
    Refused,
    Unsure,
)
from novalgo_executor.decide import age_counts_from, decide
from novalgo_executor.facts import Facts, Order, Rules, Signal, is_only_row
from novalgo_executor.limits import Usage
from novalgo_executor.market import Market
from novalgo_executor.metrics import Metrics
from novalgo_executor.order_poll import OrderPoll
from novalgo_executor.reconciler import Reconciler
from novalgo_executor.refuse import refuse_size
from novalgo_executor.size import Size
from novalgo_executor.steps import (
    OUTDATED,
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
from novalgo_executor.store import Store

log = structlog.get_logger()

PROBE_PAUSE = 1.0
"""Seconds between two probes for an order, or for its fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Every method raises `UnavailableError` when the store or the broker is away."""

    store: Store
    broker: Broker
    market: Market
    config: ConfigCopy
    poll: OrderPoll
    reconciler: Reconciler
    ages: Ages
    rules: Rules
    metrics: Metrics
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _not_before: dict[str, float] = field(default_factory=dict)
    """Until when an order that did not leave need not be sent again, by its client order id."""

    def look_ahead(self, event: SignalReceived) -> None:
        """Have what a signal will need asked for while it is being stored."""
        row = self.config.row(event.symbol, event.timeframe)
        may_open = event.action is not Action.CLOSE and row is not None and row.active
        self.market.look_ahead(quote_of=event.symbol if may_open else None)

    async def waiting(self, symbol: str) -> list[Signal]:
        """Return the symbol's signals without an ending, once the outdated ones got theirs."""
        found = await self.store.active_signals(symbol)
        if len({signal.timeframe for signal in found}) == len(found):
            return found
        for outdated in await self.store.supersede(symbol):
            with about(outdated.signal_id, symbol=symbol):
                self._note_end(outdated, OUTDATED)
        return await self.store.active_signals(symbol)

    async def advance(self, signal: Signal) -> Wait | None:
        """Take a signal as far as it goes now; return the wait it is in, or None once it ended."""
        facts = await self._facts(signal)
        while True:
            step = decide(signal, facts, self.rules, now=self.clock())
            if isinstance(step, Ask):
                facts = await self._answer(step, signal, facts)
                continue
            if isinstance(step, Send) and (seconds := self._not_yet(step.order.request)):
                return Wait(parked=True, seconds=seconds)
            if isinstance(step, Wait):
                return step
            if isinstance(step, End):
                if await self.end(signal, step, held=facts.held):
                    return None
                facts = await self._facts(signal)  # its book has moved since it was decided
                continue
            if isinstance(step, LookUp):
                known = await self._look_up(step.order)
                facts = await self._facts(signal)
                if not known:
                    facts = replace(facts, denied_for=self._denied_for(step.order, facts))
                continue
            with span(f"perform {type(step).__name__}", signal.signal_id):
                signal = await self._perform(step, signal, facts)
            facts = await self._facts(signal)

    async def foresee(self, signal: Signal, facts: Facts | None = None) -> tuple[Step, Facts]:
        """Return what would be the next step, by these facts or those of now; take none."""
        facts = facts or await self._facts(signal)
        while isinstance(step := decide(signal, facts, self.rules, now=self.clock()), Ask):
            facts = await self._answer(step, signal, facts)
        self.ages.forget(signal.signal_id)
        return step, facts

    async def end(self, signal: Signal, ending: End, *, held: Decimal | None = None) -> bool:
        """Give the signal its ending, with `held` only while its book holds that."""
        if not await self.store.end_signal(signal, ending, held=held):
            return False
        self._note_end(signal, ending)
        return True

    def _note_end(self, signal: Signal, ending: End) -> None:
        self.ages.forget(signal.signal_id)
        self.metrics.ended(ending.ending)
        log.info(
            "signal.ended", ending=ending.ending, reason=ending.reason, detail=ending.detail or None
        )

    async def look_up_open(self, signal: Signal) -> None:
        """Ask the broker about the signal's open orders, of which no news has come."""
        view = await self.store.view(signal)
        for order in view.orders:
            if order.status is OrderStatus.OPEN:
                await self._take_in(order, await self.poll.find(order))

    async def _facts(self, signal: Signal) -> Facts:
        config = self.config
        row = config.row(signal.symbol, signal.timeframe)
        view = await self.store.view(signal, cooldown=row.cooldown if row is not None else None)
        return Facts(
            row=row,
            row_problem=config.problem(signal.symbol, signal.timeframe),
            config_version=config.version,
            held=view.held,
            other_books=view.other_books,
            external=view.external,
            only_book=not view.other_books and is_only_row(signal, config.rows),
            orders=view.orders,
            resting=view.resting,
            unsent=view.unsent,
            moving=view.moving,
            newer_waits=view.newer_waits,
            hours=await self.market.hours(),
            open_since=self.market.open_since,
            age=self.ages.of(signal.signal_id, age_counts_from(signal, view.orders)),
            compared=self.reconciler.is_recent,
            halt=view.halt,
            config_read_at=config.read_at,
            equity=self.reconciler.equity,
            last_entry=view.last_entry,
        )

    async def _answer(self, ask: Ask, signal: Signal, facts: Facts) -> Facts:
        if ask.asset:
            facts = replace(facts, asset=await self.market.asset(signal.symbol))
        if ask.quote:
            quote = await self.market.quote(signal.symbol)
            facts = replace(facts, quote=quote, quote_missing=quote is None)
            if self.rules.limits.are_shared:
                facts = replace(facts, usage=await self.store.usage(self.reconciler.exposure))
        if ask.position:
            facts = replace(facts, broker_position=await self.market.position(signal.symbol))
        return facts

    async def _perform(
        self, step: Submit | Send | CountFills | Cancel, signal: Signal, facts: Facts
    ) -> Signal:
        match step:
            case Submit():
                stored = await self.store.add_intent(
                    signal,
                    step,
                    config_version=facts.config_version or 0,
                    position_size=facts.row.position_size if facts.row else None,
                    held=facts.held,
                    exposure=self.reconciler.exposure,
                    allows=self._allowance(signal, facts, step),
                )
                if stored:
                    await self._send(step.request)
                    return replace(signal, decided=True)
            case Send(order=order):
                await self.store.mark_sent(order.request.client_order_id)
                await self._send(order.request)
            case CountFills(order=order):
                await self._count_fills(order)
            case Cancel(order=order):
                await self._cancel(order)
            case _:
                assert_never(step)
        return signal

    def _allowance(
        self, signal: Signal, facts: Facts, step: Submit
    ) -> Callable[[Usage], bool] | None:
        """Return what says whether the limits still allow an opening when others came first."""
        limits, quote = self.rules.limits, facts.quote
        if quote is None or not limits.are_shared:
            return None
        size = Size(quantity=step.leg_quantity, notional=step.request.notional)
        return lambda usage: refuse_size(signal, size, quote, usage, limits) is None

    async def _send(self, request: OrderRequest) -> None:
        outcome = await self.broker.submit(request)
        self.metrics.submitted(outcome)
        match outcome:
            case Accepted(order=order):
                await self.store.apply(order)
            case Refused(detail=detail):
                log.warning("order.refused", client_order_id=request.client_order_id, detail=detail)
                await self.store.refuse(request.client_order_id, detail)
                if request.is_closing:
                    self.reconciler.want()  # whoever was faster has a fill that explains it
            case NotSent(detail=detail, retry_after=seconds):
                log.warning(
                    "order.not_sent", client_order_id=request.client_order_id, detail=detail
                )
                self._not_before[request.client_order_id] = self.ages.elapsed() + seconds
                await self.store.mark_not_sent(request.client_order_id)
            case Unsure(detail=detail):
                log.warning("order.unknown", client_order_id=request.client_order_id, detail=detail)
            case _:
                assert_never(outcome)

    async def _look_up(self, order: Order) -> bool:
        """Take in what the broker states of the order; return whether it knows it."""
        return await self._take_in(order, await self.broker.find(order.request.client_order_id))

    async def _take_in(self, order: Order, found: BrokerOrder | None) -> bool:
        if found is not None:
            self.ages.forget(order.request.client_order_id)
            await self.store.apply(found)
            return True
        if order.missing_since is None:
            await self.poll.miss(order)
        await self.sleep(PROBE_PAUSE)
        return False

    def _denied_for(self, looked_up: Order, facts: Facts) -> timedelta:
        name = looked_up.request.client_order_id
        [order] = [each for each in facts.orders if each.request.client_order_id == name]
        return self.ages.of_denial(order)

    def try_again(self) -> None:
        """Alpaca answers: orders that did not leave need not wait any longer."""
        self._not_before.clear()

    def _not_yet(self, request: OrderRequest) -> float:
        """Return the seconds until Alpaca may be asked again to take the order."""
        left = self._not_before.get(request.client_order_id, 0.0) - self.ages.elapsed()
        if left > 0:
            return left
        self._not_before.pop(request.client_order_id, None)
        return 0.0

    async def _count_fills(self, order: Order) -> None:
        if not await self.poll.settle_fills(order):
            await self.sleep(PROBE_PAUSE)

    async def _cancel(self, order: Order) -> None:
        assert order.order_id is not None
        await self.broker.cancel(order.order_id)
        await self._look_up(order)
        await self.sleep(PROBE_PAUSE)

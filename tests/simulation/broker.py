"""The `Broker` port over the simulated venue, with everything that can happen on the way.

A request that has left arrives whatever becomes of who sent it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.events import OrderStatus, Side
from novalgo_executor.answers import amount
from novalgo_executor.broker import (
    Accepted,
    Account,
    AccountEvent,
    Asset,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
    CashActivity,
    Connected,
    KeysRefusedError,
    MarketHours,
    NotSent,
    OrderRequest,
    OrderUpdate,
    Quote,
    Refused,
    SplitNotice,
    StreamNews,
    SubmitOutcome,
    Undoing,
    Unsure,
)
from novalgo_simulator.broker import order as alpaca
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order_request import OrderRequest as AlpacaRequest
from novalgo_simulator.market.assets import find_asset
from tests.simulation.audit.audit import Audit
from tests.simulation.day import START
from tests.simulation.faults import Faults
from tests.simulation.venue import Venue

TIMEOUT = 10.0
_STATUSES = {
    alpaca.Status.FILLED: OrderStatus.FILLED,
    alpaca.Status.CANCELED: OrderStatus.CANCELED,
    alpaca.Status.EXPIRED: OrderStatus.EXPIRED,
}


class SimulatedBroker:
    """One process's connection to the venue."""

    def __init__(
        self,
        venue: Venue,
        faults: Faults,
        audit: Audit,
        on_step: Callable[[str], None],
        *,
        is_away: Callable[[], bool],
        clock: Clock,
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._faults = faults
        self._audit = audit.orders
        self._seen = audit
        self._on_step = on_step
        self._is_away = is_away
        self._is_shut = False
        self._is_mute_until = 0.0
        self._news: asyncio.Queue[StreamNews] = asyncio.Queue()

    def shut(self) -> None:
        self._is_shut = True

    # --- submitting

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        if self._is_shut:
            return NotSent("the process is dead", retry_after=1)
        self._audit.submitting(request)
        outcome = await self._submit(request)
        if not self._is_shut:
            self._audit.submitted(request, outcome)
        return outcome

    async def _submit(self, request: OrderRequest) -> SubmitOutcome:
        faults = self._faults
        if self._is_away() or faults.happens("refused connection"):
            return NotSent("Alpaca cannot be reached", retry_after=2)
        if self._venue.refuses_keys():
            return NotSent("Alpaca refuses the keys", retry_after=30)
        if faults.happens("429"):
            await self._pass(0.05)
            return NotSent("Alpaca's request limit is reached", faults.seconds(0.5, 5))
        if faults.happens("hang"):
            await asyncio.sleep(TIMEOUT)
            return Unsure("ReadTimeout")
        if faults.happens("hang, then accepted late"):
            self._send(request, faults.seconds(TIMEOUT, TIMEOUT + 3))
            await asyncio.sleep(TIMEOUT)
            return Unsure("ReadTimeout")
        if faults.happens("hang, then accepted after it was given up"):
            self._audit.expect_late(request)
            self._send(request, faults.seconds(TIMEOUT + 20, TIMEOUT + 60))
            await asyncio.sleep(TIMEOUT)
            return Unsure("ReadTimeout")
        if faults.happens("reset before accept"):
            await self._pass(0.1)
            return Unsure("ConnectionError")
        answer = await self._send(request, faults.seconds(0.005, 0.2))
        await self._pass(faults.seconds(0.005, 0.2))
        for kind in ("reset after accept", "5xx after accept", "unreadable answer"):
            if faults.happens(kind):
                return Unsure(kind)
        return answer

    def _send(self, request: OrderRequest, delay: float) -> "asyncio.Future[SubmitOutcome]":
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[SubmitOutcome] = loop.create_future()
        loop.call_later(delay, self._arrive, request, answer)
        return answer

    def _arrive(self, request: OrderRequest, answer: "asyncio.Future[SubmitOutcome]") -> None:
        self._on_step("before an order arrives")
        outcome = self._judge(request)
        self._on_step("an order has arrived")
        if not answer.done():
            answer.set_result(outcome)

    def _judge(self, request: OrderRequest) -> SubmitOutcome:
        if self._faults.happens("order refused"):
            return Refused("insufficient buying power")
        placed = self._venue.place(
            AlpacaRequest(
                symbol=request.symbol,
                side=alpaca.Side(request.side),
                qty=request.quantity,
                notional=request.notional,
                client_order_id=request.client_order_id,
                position_intent=alpaca.PositionIntent(request.position_intent),
            )
        )
        if isinstance(placed, Refusal):
            self._audit.refused(request, placed.message)
            return Refused(placed.message)
        self._audit.accepted(request)
        return Accepted(self._state(placed))

    # --- asking

    async def find(self, client_order_id: str) -> BrokerOrder | None:
        await self._travel()
        order = self._venue.ledger.by_client_order_id(client_order_id)
        if order is None or self._is_hidden(order):
            return None
        return self._state(order)

    async def order(self, order_id: str) -> BrokerOrder | None:
        await self._travel()
        order = self._venue.ledger.orders.get(UUID(order_id))
        return self._state(order) if order is not None and not self._is_hidden(order) else None

    async def cancel(self, order_id: str) -> None:
        await self._travel()
        self._venue.cancel(UUID(order_id))

    async def orders(self, after: datetime) -> Sequence[BrokerOrder]:
        await self._travel()
        orders = self._venue.ledger.orders.values()
        return [self._state(order) for order in orders if not self._is_hidden(order)]

    async def fills(self, after: datetime) -> Sequence[BrokerFill]:
        await self._travel()
        now = self._venue.now()
        since = after - max(timedelta(), self._clock() - now)  # as executor's own broker does
        return [_fill(listed.fill) for listed in self._venue.activities if since < listed.at <= now]

    async def fills_of(self, order_id: str) -> Sequence[BrokerFill]:
        return [fill for fill in await self.fills(START) if fill.order_id == order_id]

    async def events(self, after: datetime) -> Sequence[AccountEvent]:
        await self._travel()
        now = self._venue.now()
        return [
            _event(movement)
            for at, movement in self._venue.movements
            if at <= now and (self._venue.are_splits_told or isinstance(movement, alpaca.Undoing))
        ]

    async def cash(self, after: datetime) -> Sequence[CashActivity]:
        await self._travel()
        return []

    async def positions(self) -> Sequence[BrokerPosition]:
        await self._travel()
        if not self._venue.states_positions():
            raise UnavailableError("Alpaca states no positions")
        stated = [self._position(symbol) for symbol in sorted(self._venue.held_before)]
        self._seen.entries.compared_at = asyncio.get_running_loop().time()
        self._seen.limits.positions_stated(each.market_value or Decimal(0) for each in stated)
        return [position for position in stated if position.quantity]

    def _position(self, symbol: str) -> BrokerPosition:
        held, price = self._venue.stated(symbol)
        quantity = amount(held)
        return BrokerPosition(
            symbol=symbol,
            quantity=quantity,
            average_price=price,
            current_price=None,
            market_value=quantity * self._venue.price(symbol),
            unrealized_pl=None,
        )

    async def position(self, symbol: str) -> Decimal:
        await self._travel()
        held = amount(self._venue.stated(symbol)[0])
        self._audit.position_seen(symbol, held)
        return held

    async def account(self) -> Account:
        await self._travel()
        worth = self._venue.valuation()
        return Account(
            account_number="PA0",
            cash=worth.cash,
            equity=worth.equity,
            last_equity=self._venue.ledger.starting_cash,
            buying_power=worth.cash,
            blocked=None,
        )

    async def hours(self) -> MarketHours:
        await self._travel()
        is_open, change = self._venue.is_open(), self._venue.next_change()
        later = change + timedelta(days=1)
        return MarketHours(
            is_open=is_open,
            next_open=later if is_open else change,
            next_close=change if is_open else later,
        )

    async def asset(self, symbol: str) -> Asset | None:
        await self._travel()
        asset = find_asset(symbol)
        if asset is None:
            return None
        return Asset(
            symbol=symbol,
            tradable=asset.active,
            fractionable=asset.fractionable,
            shortable=asset.shortable and asset.easy_to_borrow,
        )

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        await self._travel()
        quotes = {symbol: self._venue.quote(symbol) for symbol in symbols}
        return {
            symbol: Quote(bid=quote.bid, ask=quote.ask)
            for symbol, quote in quotes.items()
            if not self._faults.happens("no quote")
        }

    # --- the stream

    async def updates(self) -> AsyncIterator[StreamNews]:
        self._news.put_nowait(Connected())
        while True:
            yield await self._news.get()

    def hear(self, change: alpaca.Change) -> None:
        """The venue tells of a change; the stream may not."""
        loop = asyncio.get_running_loop()
        if self._faults.happens("stream cut"):
            self._is_mute_until = loop.time() + self._faults.seconds(0.1, 30)
            loop.call_at(self._is_mute_until, self._news.put_nowait, Connected())
        if loop.time() < self._is_mute_until or self._faults.happens("update lost"):
            return
        late = self._faults.happens("update late")
        delay = self._faults.seconds(1, 15) if late else self._faults.seconds(0.001, 0.1)
        update = OrderUpdate(
            order=self._state(change.order),
            fill=_fill(change.fill) if change.fill is not None else None,
        )
        for _ in range(2 if self._faults.happens("update twice") else 1):
            loop.call_later(delay, self._news.put_nowait, update)

    # --- the way

    async def _travel(self) -> None:
        faults = self._faults
        await self._pass(faults.seconds(1, 5) if faults.happens("slow read") else 0.01)
        if self._is_shut or self._is_away() or faults.happens("read failed"):
            raise UnavailableError("Alpaca gives no answer")
        if self._venue.refuses_keys():
            raise KeysRefusedError("Alpaca refuses the keys")

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(self._faults.seconds(seconds / 2, seconds))

    def _is_hidden(self, order: alpaca.Order) -> bool:
        return self._venue.now() < self._venue.visible_from[order.id]

    def _state(self, order: alpaca.Order) -> BrokerOrder:
        average = order.filled_avg_price
        status = _STATUSES.get(order.status, OrderStatus.OPEN)
        stated = BrokerOrder(
            order_id=str(order.id),
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=Side(order.side),
            status=status,
            filled_quantity=amount(order.filled_qty),
            filled_average_price=amount(average) if average is not None else None,
        )
        rejected = order.id in self._venue.rejected and status.is_terminal
        return replace(stated, status=OrderStatus.REJECTED) if rejected else stated


def _event(movement: alpaca.Split | alpaca.Undoing) -> AccountEvent:
    if isinstance(movement, alpaca.Split):
        return SplitNotice(movement.symbol, movement.ratio)
    stands = movement.corrected or movement.undone
    return Undoing(
        undoing_id=str(movement.id),
        execution_id=str(movement.undone.execution_id),
        order_id=str(movement.undone.order_id),
        quantity=amount(stands.qty),
        price=amount(stands.price),
        is_correction=movement.corrected is not None,
        at=movement.at,
    )


def _fill(fill: alpaca.Fill) -> BrokerFill:
    return BrokerFill(
        order_id=str(fill.order_id),
        symbol=fill.symbol,
        side=Side(fill.side),
        quantity=amount(fill.qty),
        cumulative=amount(fill.cum_qty),
        price=amount(fill.price),
        filled_at=fill.at,
        execution_id=str(fill.execution_id),
    )

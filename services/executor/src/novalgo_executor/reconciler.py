"""Keeps the store in agreement with the broker, whose word is the truth.

Orders, fills and positions are compared at start, whenever the stream comes up, and regularly.  The
stream only makes the news faster; nothing is lost when it is mute.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import structlog

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.errors import UnavailableError
from novalgo_common.events import AccountSnapshotTaken, AlarmRaised
from novalgo_executor.allocate import Share, allocate_drift
from novalgo_executor.broker import Account, Broker, BrokerFill, BrokerPosition
from novalgo_executor.facts import Order
from novalgo_executor.limits import Limits, gross_exposure, limit_states
from novalgo_executor.metrics import Metrics
from novalgo_executor.reconcile import drift, is_given_up
from novalgo_executor.snapshot import position_snapshots
from novalgo_executor.store import Exposure, Store

log = structlog.get_logger()

OVERLAP = timedelta(minutes=5)
"""How far back fills are asked for again: Alpaca lists them by when it recorded them."""
CLOCKS_APART = timedelta(days=1)
"""How far our clock, which dates an order, may be ahead of Alpaca's, which dates its fills."""
FIRST_RETRY = 1.0


async def _nothing() -> None:
    pass


class Reconciler:
    """Says, through `problem`, why nothing may trade yet."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        config: ConfigCopy,
        metrics: Metrics,
        clock: Clock,
        new_id: Callable[[], UUID],
        limits: Limits,
        interval: float,
        expected_account: str | None,
    ) -> None:
        self._store = store
        self._broker = broker
        self._config = config
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._interval = interval
        self._expected_account = expected_account
        self._agreed: Callable[[], Awaitable[None]] = _nothing
        self._wanted = asyncio.Event()
        self._problem: str | None = "the account has not been compared with Alpaca yet"
        self._drift: dict[str, Decimal] = {}
        self._foreign_orders: set[str] = set()
        self.exposure = Exposure(Decimal(0), clock())
        """Dollars in longs and shorts at the last comparison."""
        self.equity = Decimal(0)
        """Dollars at the last comparison."""

    def on_agreement(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call `listener` whenever the store was found, or made, to agree with the broker."""
        self._agreed = listener

    def want(self) -> None:
        """Reconcile now rather than at the next interval."""
        self._wanted.set()

    def problem(self) -> str | None:
        return self._problem

    async def run(self) -> None:
        """Reconcile for ever."""
        retry = FIRST_RETRY
        while True:
            self._wanted.clear()
            try:
                await self.reconcile()
                retry = FIRST_RETRY
                wait = self._interval
            except UnavailableError as error:
                self._problem = f"the account cannot be compared with Alpaca: {error}"
                log.warning("reconcile.failed", problem=str(error))
                wait = retry = min(self._interval, retry * 2)
            try:
                async with asyncio.timeout(wait):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    async def reconcile(self) -> None:
        """Compare once; raise `UnavailableError` where no definite answer came."""
        started = self._clock()
        account = await self._broker.account()
        if self._is_wrong(account):
            return
        await self._update_orders()
        watermark = await self._store.watermark()
        if watermark is not None:
            await self._count_fills(watermark - OVERLAP)
        if not await self._compare_positions(account, started):
            self._problem = (
                "Alpaca holds positions, and whose they are waits for the first configuration"
            )
            return
        await self._store.save_watermark(started)
        await self._check_limits(account)
        self._problem = f"Alpaca blocks the account: {account.blocked}" if account.blocked else None
        self._metrics.reconciled()
        await self._agreed()

    async def count_fills_of(self, order: Order) -> bool:
        """Count an order's fills from the account's activities; return whether any was there."""
        fills = await self._broker.fills(order.created_at - CLOCKS_APART)
        own = [fill for fill in fills if fill.order_id == order.order_id]
        for fill in own:
            await self._store.count_fill(fill)
        return sum((fill.quantity for fill in own), Decimal(0)) >= order.filled_quantity

    async def _check_limits(self, account: Account) -> None:
        for trip in await self._store.check_limits(self._limits, account, self._new_id):
            log.warning("limit.tripped", limit=trip.limit, detail=trip.detail)

    def _is_wrong(self, account: Account) -> bool:
        if self._expected_account in (None, account.account_number):
            return False
        self._problem = (
            "NOVALGO_ALPACA_ACCOUNT: the keys belong to another account; nothing is traded"
        )
        log.error("account.wrong")
        return True

    async def _update_orders(self) -> None:
        unfinished = [order for order in await self._unfinished() if order.sent]
        if not unfinished:
            return
        stated = {order.client_order_id: order for order in await self._broker.open_orders()}
        for order in unfinished:
            client_order_id = order.request.client_order_id
            found = stated.get(client_order_id) or await self._broker.find(client_order_id)
            if found is not None:
                await self._store.apply(found)
            elif order.missing_since is None:
                await self._store.mark_missing(client_order_id, self._clock())

    async def _unfinished(self) -> list[Order]:
        now = self._clock()
        unfinished = await self._store.unfinished_orders()
        return [order for order in unfinished if not is_given_up(order, now)]

    async def _count_fills(self, after: datetime) -> None:
        for fill in await self._broker.fills(after):
            if not await self._store.count_fill(fill):
                await self._count_unexplained(fill)

    async def _count_unexplained(self, fill: BrokerFill) -> None:
        if fill.order_id not in self._foreign_orders:
            order = await self._broker.order(fill.order_id)
            if order is None:
                return  # a fresh order cannot always be read at once, and may be ours: next time
            if await self._store.apply(order, fill):
                return
            self._foreign_orders.add(fill.order_id)
        await self._store.count_foreign_fill(fill)

    async def _compare_positions(self, account: Account, stated_at: datetime) -> bool:
        """Adopt what nothing explains; return whether it was known whose that is."""
        asked_at = self._clock()
        positions = await self._broker.positions()
        # In this order: a fill that is counted between the two questions to the store is then in
        # both answers.  The other way round it would be in neither, and be adopted and counted.
        moving = {order.request.symbol for order in await self._unfinished()}
        known = await self._store.known_positions()
        found = drift(positions, known)
        if self._config.version is None and found.keys() - known.keys():
            return False
        for symbol, (quantity, price) in found.items():
            # A fill may have come between the two questions: believe only what stays.
            if symbol in moving or (symbol in known and self._drift.get(symbol) != quantity):
                continue
            shares = allocate_drift(quantity, symbol, known.get(symbol), self._config.rows)
            await self._store.adopt(symbol, shares, price, asked_at)
            await self._tell_adoption(symbol, shares, is_new=symbol not in known)
        self._drift = {symbol: quantity for symbol, (quantity, _) in found.items()}
        self.exposure = Exposure(gross_exposure(positions), asked_at)
        self.equity = account.equity
        await self._announce(account, positions, stated_at)
        return True

    async def _tell_adoption(self, symbol: str, shares: Sequence[Share], *, is_new: bool) -> None:
        for share in shares:
            log.warning("position.adopted", symbol=symbol, timeframe=share.timeframe)
            if not is_new or share.timeframe is None:
                await self._alarm(symbol, share)

    async def _alarm(self, symbol: str, share: Share) -> None:
        whose = f"the book {share.timeframe}" if share.timeframe else "no book: they are external"
        event_id = self._new_id()
        await self._store.announce(
            AlarmRaised(
                event_id=event_id,
                correlation_id=event_id,
                occurred_at=self._clock(),
                service="executor",
                code="drift",
                message=f"{share.quantity:+f} shares of {symbol} at Alpaca, which no fill "
                f"explains, now belong to {whose}",
                symbol=symbol,
            )
        )

    async def _announce(
        self, account: Account, positions: Sequence[BrokerPosition], stated_at: datetime
    ) -> None:
        event_id = self._new_id()
        await self._store.announce(
            AccountSnapshotTaken(
                event_id=event_id,
                correlation_id=event_id,
                occurred_at=stated_at,
                cash=account.cash,
                equity=account.equity,
                last_equity=account.last_equity,
                buying_power=account.buying_power,
                positions=position_snapshots(positions, await self._store.known_positions()),
                limits=limit_states(self._limits, account, self.exposure.dollars) or None,
            )
        )

"""Keeps the store in agreement with the broker, whose word is the truth.

Orders, fills and positions are compared at start, whenever the stream comes up, and regularly.  The
stream only makes the news faster; nothing is lost when it is mute.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import structlog

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.errors import UnavailableError
from novalgo_common.events import AccountSnapshotTaken
from novalgo_executor.ages import Ages
from novalgo_executor.alarms import Alarms
from novalgo_executor.broker import (
    Account,
    Broker,
    BrokerFill,
    BrokerPosition,
    KeysRefusedError,
    SplitNotice,
)
from novalgo_executor.limits import Limits, gross_exposure, limit_states
from novalgo_executor.metrics import Metrics
from novalgo_executor.order_check import OrderCheck
from novalgo_executor.order_poll import OVERLAP, OrderPoll
from novalgo_executor.position_check import SETTLE, PositionCheck
from novalgo_executor.reconcile import GIVEN_UP_AFTER
from novalgo_executor.snapshot import position_snapshots
from novalgo_executor.store import Effect, Exposure, Store

log = structlog.get_logger()

LONGEST_SILENCE = 180.0
"""Seconds without a comparison after which entries wait."""
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
        poll: OrderPoll,
        config: ConfigCopy,
        metrics: Metrics,
        alarms: Alarms,
        clock: Clock,
        elapsed: Callable[[], float],
        ages: Ages,
        new_id: Callable[[], UUID],
        limits: Limits,
        look_at_cash: Callable[[], Awaitable[None]],
        interval: float,
        expected_account: str | None,
    ) -> None:
        self._orders = OrderCheck(store=store, broker=broker, poll=poll, ages=ages)
        self._positions = PositionCheck(
            store=store, broker=broker, config=config, clock=clock, elapsed=elapsed, ages=ages
        )
        self._store = store
        self._broker = broker
        self._alarms = alarms
        self._elapsed = elapsed
        self._agreed_at = elapsed()
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._look_at_cash = look_at_cash
        self._interval = interval
        self._expected_account = expected_account
        self._agreed: Callable[[], Awaitable[None]] = _nothing
        self._wanted = asyncio.Event()
        self._problem: str | None = "the account has not been compared with Alpaca yet"
        self._foreign_orders: set[str] = set()
        self._exposure = Exposure(Decimal(0), clock())
        self._exposed_at = elapsed()
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

    @property
    def exposure(self) -> Exposure:
        """Dollars in longs and shorts at the last comparison, and when that was by our clock.

        By a clock that was set back since: what is opened now counts as later.
        """
        ago = timedelta(seconds=self._elapsed() - self._exposed_at)
        return replace(self._exposure, at=min(self._exposure.at, self._clock() - ago))

    @property
    def is_recent(self) -> bool:
        """Whether the books were compared lately, or are about to be for the first time."""
        return self._elapsed() - self._agreed_at <= LONGEST_SILENCE

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
                self._metrics.reconcile_failed()
                log.warning("reconcile.failed", problem=str(error))
                await self._tell_failure(error)
                wait = retry = min(self._interval, retry * 2)
            try:
                async with asyncio.timeout(wait):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    async def _tell_failure(self, error: UnavailableError) -> None:
        with suppress(UnavailableError):
            if isinstance(error, KeysRefusedError):
                await self._alarms.stand(
                    "keys_refused",
                    f"{error}: nothing is traded, and signals wait, until the keys are in order",
                )
            if not self.is_recent:
                await self._alarms.stand(
                    "not_compared",
                    f"The account could not be compared with Alpaca for {LONGEST_SILENCE / 60:.0f} "
                    f"minutes ({error}): entries wait, exits go on",
                )

    async def reconcile(self) -> None:
        """Compare once; raise `UnavailableError` where no definite answer came."""
        started = self._clock()
        account = await self._broker.account()
        if self._is_wrong(account):
            return
        await self._orders.check()
        watermark = await self._store.watermark()
        ratios: dict[str, Decimal] = {}
        if watermark is not None:
            watermark = min(watermark, started)  # our clock may have been set back
            await self._count_fills(watermark - OVERLAP)
            # A split is not looked at while an order of its symbol may still turn up.
            ratios = await self._take_events(watermark - OVERLAP - GIVEN_UP_AFTER)
        checked = await self._positions.check(ratios)
        self._exposure = Exposure(gross_exposure(checked.positions), checked.asked_at)
        self._exposed_at = self._elapsed()
        self.equity = account.equity
        if checked.problem is not None:
            self._problem = checked.problem
            return
        await self._store.save_watermark(started, agreed=not checked.drifting)
        await self._announce(account, checked.positions, started)
        await self._check_limits(account)
        halts = await self._store.halts()
        self._metrics.compared(drifting=checked.drifting, halts=len(halts))
        self._metrics.reconciled()
        if not checked.is_settled:
            self._look_again()
            if self._problem is not None:
                return  # nothing has traded yet: it can wait until the books are certain
        self._problem = f"Alpaca blocks the account: {account.blocked}" if account.blocked else None
        await self._come_to_agreement()

    async def _come_to_agreement(self) -> None:
        self._agreed_at = self._elapsed()
        for code in ("keys_refused", "not_compared"):
            await self._alarms.stand(code, None)
        await self._agreed()

    def _look_again(self) -> None:
        """Compare soon: a difference counts once it has stood for a while."""
        asyncio.get_running_loop().call_later(SETTLE, self.want)

    async def _check_limits(self, account: Account) -> None:
        if await self._store.breaks_limits(self._limits, account):
            with suppress(UnavailableError):
                await self._look_at_cash()  # a withdrawal of this minute looks like a loss
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

    async def _count_fills(self, after: datetime) -> None:
        # Most of what the overlap lists again is counted: to write for each would hold up trading.
        for fill in await self._store.uncounted(await self._broker.fills(after)):
            if not await self._store.count_fill(fill):
                await self._count_unexplained(fill)

    async def _take_events(self, after: datetime) -> dict[str, Decimal]:
        """Undo what the exchange has undone; return the splits, as new shares for each old one."""
        ratios: dict[str, Decimal] = {}
        for event in await self._broker.events(after):
            if isinstance(event, SplitNotice):
                ratios[event.symbol] = event.ratio
                continue
            for counted in await self._store.undo(event):
                log.warning("fill.undone", symbol=counted.symbol, timeframe=counted.timeframe)
        return ratios

    async def _count_unexplained(self, fill: BrokerFill) -> None:
        if fill.order_id not in self._foreign_orders:
            order = await self._broker.order(fill.order_id)
            if order is None:
                return  # a fresh order cannot always be read at once, and may be ours: next time
            if await self._store.apply(order, fill) is not Effect.FOREIGN:
                return
            self._foreign_orders.add(fill.order_id)
        await self._store.count_foreign_fill(fill)

    async def _announce(
        self, account: Account, positions: Sequence[BrokerPosition], stated_at: datetime
    ) -> None:
        event_id, moved = self._new_id(), await self._store.moved_since_close()
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
                limits=limit_states(self._limits, account, self._exposure.dollars, moved) or None,
                moved=moved or None,
            )
        )

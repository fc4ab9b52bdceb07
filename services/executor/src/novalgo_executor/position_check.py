"""Holds the books against the broker's positions, and takes in what no fill explains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import structlog

from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_executor.ages import Ages
from novalgo_executor.allocate import Holdings, allocate_drift
from novalgo_executor.broker import Broker, BrokerPosition
from novalgo_executor.reconcile import drift, moving_symbols
from novalgo_executor.split import Stated, noticed, parts, recognised
from novalgo_executor.store import Store

log = structlog.get_logger()

SETTLE = 2.0
"""Seconds for which a difference in the positions must stand before it is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    positions: Sequence[BrokerPosition]
    asked_at: datetime
    problem: str | None
    """Why the books cannot be said to agree yet."""
    is_settled: bool
    """Whether no difference waits to be seen a second time."""
    drifting: int = 0
    """Symbols whose books and position differed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Shares that the broker has beyond our books, or lacks."""

    symbol: str
    quantity: Decimal
    price: Decimal
    holdings: Holdings | None
    """None for a symbol that NovAlgo had not known."""
    position: BrokerPosition | None
    seen_at: datetime

    @property
    def stated(self) -> Decimal:
        return self.position.quantity if self.position is not None else Decimal(0)


@dataclass(slots=True, kw_only=True)
class PositionCheck:
    store: Store
    broker: Broker
    config: ConfigCopy
    clock: Clock
    elapsed: Callable[[], float]
    ages: Ages
    _drift: dict[str, tuple[Decimal, float]] = field(default_factory=dict)
    """Each difference as it stands, and since when it has."""
    _stated: dict[str, Stated] | None = None

    async def check(self, ratios: Mapping[str, Decimal]) -> Checked:
        """Compare; adopt what nothing explains, and scale the books of a split.

        `ratios` are the splits that Alpaca has told of lately.
        """
        asked_at = self.clock()
        positions = await self.broker.positions()
        # In this order: a fill that is counted between the two questions to the store is then in
        # both answers.  The other way round it would be in neither, and be adopted and counted.
        moving = moving_symbols(await self.store.unfinished_orders(), self.ages.of_denial)
        known = await self.store.known_positions()
        found = drift(positions, known)
        if self.config.version is None and found.keys() - known.keys():
            problem = "Alpaca holds positions, and whose they are waits for the first configuration"
            return Checked(positions=positions, asked_at=asked_at, problem=problem, is_settled=True)
        settled = [
            await self._settle(
                Difference(
                    symbol=symbol,
                    quantity=quantity,
                    price=price,
                    holdings=known.get(symbol),
                    position=next((each for each in positions if each.symbol == symbol), None),
                    seen_at=asked_at,
                ),
                ratios.get(symbol),
            )
            for symbol, (quantity, price) in found.items()
            if symbol not in moving
        ]
        self._drift = {
            symbol: self._since(symbol, quantity) for symbol, (quantity, _) in found.items()
        }
        if not found:
            await self._remember(positions)
        return Checked(
            positions=positions,
            asked_at=asked_at,
            problem=None,
            is_settled=all(settled),
            drifting=len(found),
        )

    def _since(self, symbol: str, quantity: Decimal) -> tuple[Decimal, float]:
        before = self._drift.get(symbol)
        if before is not None and before[0] == quantity:
            return before
        return quantity, self.elapsed()

    async def _settle(self, difference: Difference, ratio: Decimal | None) -> bool:
        """Take in a difference; return whether it was believed."""
        symbol, holdings = difference.symbol, difference.holdings
        if holdings is None:
            await self._adopt(difference)
            return True
        if noticed(ratio, holdings, difference.stated):
            await self._split(symbol, holdings, difference.stated)
            return True
        # A fill may have come between the two questions, or be stated late: believe what stays.
        quantity, since = self._drift.get(symbol, (None, 0.0))
        if quantity != difference.quantity or self.elapsed() - since < SETTLE:
            return False
        before = (await self._last_stated()).get(symbol)
        if recognised(before, holdings, difference.position):
            await self._split(symbol, holdings, difference.stated)
        else:
            await self._look_for_reset()
            await self._adopt(difference)
        return True

    async def _look_for_reset(self) -> None:
        """Halt entries where the broker denies an order that it had: nothing is as it was."""
        order = await self.store.certain_order()
        if order is None or order.order_id is None:
            return
        if await self.broker.order(order.order_id) is None:
            await self.store.note_reset(order)
            log.warning("account.reset", client_order_id=order.request.client_order_id)

    async def _adopt(self, difference: Difference) -> None:
        symbol, holdings = difference.symbol, difference.holdings
        shares = allocate_drift(difference.quantity, symbol, holdings, self.config.rows)
        await self.store.adopt(symbol, shares, difference.price, difference.seen_at)
        for share in shares:
            log.warning("position.adopted", symbol=symbol, timeframe=share.timeframe)

    async def _split(self, symbol: str, holdings: Holdings, stated: Decimal) -> None:
        made = parts(holdings, stated)
        await self.store.split(symbol, made)
        log.warning("position.split", symbol=symbol, quantity=str(stated))

    async def _last_stated(self) -> dict[str, Stated]:
        if self._stated is None:
            self._stated = await self.store.stated_positions()
        return self._stated

    async def _remember(self, positions: Sequence[BrokerPosition]) -> None:
        stated = {each.symbol: Stated(each.quantity, each.average_price) for each in positions}
        if stated != await self._last_stated():
            await self.store.save_stated(positions)
            self._stated = stated

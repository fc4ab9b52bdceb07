"""How the account stands now: the figures, with what the page adds to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.figures import Figures, figures
from novalgo_analytics.page.api.accounts import Account, Halt, Position
from novalgo_analytics.page.sources import Sources
from novalgo_analytics.store import lookups
from novalgo_common.events import AccountSnapshotTaken, TradingHalted


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Dollars at work, at the newest prices known."""

    long: Decimal
    short: Decimal
    """Negative."""

    @property
    def gross(self) -> Decimal:
        return self.long - self.short

    @property
    def net(self) -> Decimal:
        return self.long + self.short


async def standing(sources: Sources) -> Figures:
    ledgers = await sources.bookkeeper.ledgers()
    return figures(ledgers, await sources.store.newest_snapshot(), sources.clock())


async def halts(sources: Sources) -> list[Halt]:
    return [halt_body(halt) for halt in await sources.store.look(lookups.halts)]


def exposure(numbers: Figures) -> Exposure:
    values = [each.market_value or NONE for each in numbers.positions]
    return Exposure(
        long=sum((value for value in values if value > 0), NONE),
        short=sum((value for value in values if value < 0), NONE),
    )


def account_body(account: AccountSnapshotTaken | None) -> Account | None:
    if account is None:
        return None
    return Account(
        at=account.occurred_at,
        cash=account.cash,
        equity=account.equity,
        last_equity=account.last_equity,
        buying_power=account.buying_power,
    )


def positions(numbers: Figures) -> Sequence[Position]:
    stated = numbers.account.positions if numbers.account else ()
    external = {each.symbol: each.external for each in stated}
    return [
        Position(
            symbol=each.symbol,
            quantity=each.quantity,
            counted=each.counted,
            external=external.get(each.symbol, NONE),
            agrees=each.agrees,
            average_price=each.average_price,
            current_price=each.current_price,
            market_value=each.market_value,
            unrealised=each.unrealised,
        )
        for each in numbers.positions
    ]


def halt_body(halt: TradingHalted) -> Halt:
    return Halt(
        symbol=halt.symbol, timeframe=halt.timeframe, reason=halt.reason, since=halt.occurred_at
    )

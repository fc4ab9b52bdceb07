"""Gathers what the page and the summary show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from novalgo_analytics.accounting.trades import Trade
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.facts import EquityPoint, SignalSeen
from novalgo_analytics.figures import Figures, figures
from novalgo_analytics.performance import closed_trades
from novalgo_analytics.store import Store
from novalgo_common.events import Ending

EQUITY_SHOWN = timedelta(days=30)
SIGNALS_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    at: datetime
    figures: Figures
    equity: Sequence[EquityPoint]
    signals: Sequence[SignalSeen]
    signals_by_ending: Mapping[Ending | None, int]
    closed: Sequence[Trade]
    """The trades of the Performance tab's window, in the order of their closing."""


async def overview(store: Store, bookkeeper: Bookkeeper, now: datetime) -> Overview:
    ledgers = await bookkeeper.ledgers()
    return Overview(
        at=now,
        figures=figures(ledgers, await store.newest_snapshot(), now),
        equity=await store.equity_since(now - EQUITY_SHOWN),
        signals=await store.newest_signals(SIGNALS_SHOWN),
        signals_by_ending=await store.signals_by_ending(),
        closed=closed_trades(ledgers, now),
    )

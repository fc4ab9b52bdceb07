"""The store as the rest of analytics sees it: each method is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy.engine import Connection

from novalgo_analytics.accounting.movement import Step
from novalgo_analytics.execution.way import Way
from novalgo_analytics.facts import (
    AccountDay,
    CashLine,
    EquityPoint,
    OrderDone,
    PerformanceRequest,
    SignalSeen,
)
from novalgo_analytics.notifications.notice import Kind, Level, Notice
from novalgo_analytics.notifications.outgoing import Outgoing
from novalgo_analytics.store import (
    account,
    cash,
    executions,
    journal,
    movements,
    notices,
    performance,
    rebuild,
    signals,
)
from novalgo_analytics.store.movements import News
from novalgo_analytics.store.notices import Delivery, Waiting
from novalgo_analytics.store.rebuild import Comparison, Told
from novalgo_analytics.store.tables import OUTBOX
from novalgo_common.clock import Clock
from novalgo_common.events import AccountSnapshotTaken, Ending, Event, PerformanceUpdated
from novalgo_common.store import Database, Outbox

T = TypeVar("T")


class Store:
    """The journal and its derived tables change together, in one transaction an event.

    Every method raises `UnavailableError` when the store fails.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.outbox = Outbox(database, OUTBOX, clock)

    async def record(self, event: Event) -> bool:
        """Journal the event and derive from it; say whether it was new.  Repeats change nothing."""
        return await self._database.write(lambda c: journal.record(c, event))

    # --- the journal

    async def newest(self) -> int:
        """Return the position of the newest event, 0 where there is none."""
        return await self._database.read(journal.newest)

    async def page(self, after: int, of_type: str | None) -> Sequence[tuple[int, Event]]:
        """Return the next events after the position `after`, with their positions."""
        return await self._database.read(
            lambda c: list(islice(journal.events(c, after=after, of_type=of_type), journal.PAGE))
        )

    async def compare_with_journal(
        self, statements: Mapping[str, str], position: int, told: Told
    ) -> Comparison:
        """Derive all again beside what is kept; the ledgers' statements are as of `position`."""

        def work(connection: Connection) -> Comparison:
            with rebuild.rebuilt(connection, told) as own:
                return rebuild.compare(connection, own, statements, position)

        return await self._database.read(work)

    async def rebuild(self, told: Told) -> None:
        """Derive all again from the journal, and keep that, in one transaction."""

        def work(connection: Connection) -> None:
            with rebuild.rebuilt(connection, told) as own:
                rebuild.replace(connection, own)

        await self._database.write(work)

    # --- profit and loss

    async def news(self, after: int) -> News:
        """Return what changed positions and was journaled after the position `after`."""
        return await self._database.read(lambda c: movements.news(c, after))

    async def steps_of(self, symbol: str, *, until: int | None = None) -> Sequence[Step]:
        """Return all of a symbol's steps, those that were journaled up to the position `until`."""
        return await self._database.read(lambda c: movements.of_symbol(c, symbol, until))

    async def symbols(self) -> Sequence[str]:
        """Return every symbol that has ever moved."""
        return await self._database.read(movements.symbols)

    # --- the account

    async def newest_snapshot(self) -> AccountSnapshotTaken | None:
        return await self._database.read(journal.newest_snapshot)

    async def equity_since(self, start: datetime) -> Sequence[EquityPoint]:
        """Return the equity over time, oldest first: every snapshot, or the last of each hour."""
        return await self._database.read(lambda c: account.equity(c, start))

    async def days(self) -> Sequence[AccountDay]:
        """Return every day that the account was stated on, oldest first."""
        return await self._database.read(account.days)

    async def cash(self, start: datetime | None = None) -> Sequence[CashLine]:
        """Return what moved cash without a trade, from `start` on, oldest first."""
        return await self._database.read(lambda c: cash.lines(c, start))

    # --- signals and orders

    async def newest_signals(self, limit: int) -> Sequence[SignalSeen]:
        return await self._database.read(lambda c: signals.newest(c, limit))

    async def signals_by_ending(self) -> dict[Ending | None, int]:
        """Return how many signals ended how; None counts those that have not."""
        return await self._database.read(signals.by_ending)

    async def way_of(self, signal_id: str) -> Way | None:
        return await self._database.read(lambda c: executions.way(c, signal_id))

    async def each_way(self, start: datetime, end: datetime, take: Callable[[Way], None]) -> None:
        """Give, in a thread, each signal that came from `start` on and before `end`."""
        await self._database.read(lambda c: executions.each_way(c, start, end, take))

    async def each_order(
        self, start: datetime, end: datetime, take: Callable[[OrderDone], None]
    ) -> None:
        """Give, in a thread, each order that left from `start` on and before `end`."""
        await self._database.read(lambda c: executions.each_order(c, start, end, take))

    # --- what the page asks and orders

    async def look(self, up: Callable[[Connection], T]) -> T:
        """Return what one of the lookups (lookups.py) finds, on one view of the store."""
        return await self._database.read(up)

    async def order(self, request: Event) -> None:
        """Put what a person orders in the outbox: it is on disk when this returns."""
        await self._database.write(lambda c: self.outbox.add(c, request))

    # --- the Performance rows

    async def open_requests(self) -> Sequence[PerformanceRequest]:
        return await self._database.read(performance.waiting)

    async def publish(
        self, updates: Sequence[PerformanceUpdated], answered: Sequence[PerformanceRequest]
    ) -> None:
        """Put the updates in the outbox, and with them forget the requests that they answer."""

        def work(connection: Connection) -> None:
            for update in updates:
                self.outbox.add(connection, update)
            performance.forget(connection, answered)

        await self._database.write(work)

    # --- notices

    async def begin_looking(self) -> None:
        """Take what lies in the journal by now as seen, unless it was looked at before."""

        def work(connection: Connection) -> None:
            if notices.mark(connection, notices.LOOKED_AT) is None:
                newest, _ = journal.extent(connection)
                notices.set_mark(connection, notices.LOOKED_AT, str(newest))

        await self._database.write(work)

    async def unseen(self) -> Sequence[tuple[int, Event]]:
        """Return the next events that nobody looked at for notices, with their positions."""

        def work(connection: Connection) -> Sequence[tuple[int, Event]]:
            seen = int(notices.mark(connection, notices.LOOKED_AT) or 0)
            return list(islice(journal.events(connection, after=seen), journal.PAGE))

        return await self._database.read(work)

    async def add_notices(self, made: Sequence[Notice], seen: int | None = None) -> None:
        """Keep the notices, and with them how far the journal was looked at."""

        def work(connection: Connection) -> None:
            notices.add(connection, made)
            if seen is not None:
                notices.set_mark(connection, notices.LOOKED_AT, str(seen))

        await self._database.write(work)

    async def oldest_notices(self) -> Mapping[Kind, datetime]:
        """Return since when notices of each kind wait."""
        return await self._database.read(notices.oldest_waiting)

    async def waiting_notices(self, kinds: Sequence[Kind]) -> Waiting:
        """Return the notices of these kinds that wait, oldest first."""
        return await self._database.read(lambda c: notices.waiting(c, kinds))

    async def hand_out(self, out: Outgoing, channels: Mapping[str, Level], now: datetime) -> None:
        """Put the messages on their way over the channels that want them."""
        await self._database.write(lambda c: notices.hand_out(c, out, channels, now))

    async def next_delivery(self, channel: str, now: datetime) -> Delivery | None:
        return await self._database.read(lambda c: notices.next_delivery(c, channel, now))

    async def end_delivery(self, position: int, now: datetime, *, arrived: bool) -> None:
        await self._database.write(
            lambda c: notices.end_delivery(c, position, now, arrived=arrived)
        )

    async def put_off(self, position: int, until: datetime) -> None:
        """Try a delivery again, at the earliest then."""
        await self._database.write(lambda c: notices.put_off(c, position, until))

    async def was_reported(self, name: str) -> bool:
        return await self._database.read(lambda c: notices.mark(c, f"report {name}")) is not None

    async def set_reported(self, name: str, notice: Notice | None) -> None:
        """Remember that the report is done with, and tell of it."""

        def work(connection: Connection) -> None:
            notices.set_mark(connection, f"report {name}", "done")
            notices.add(connection, [notice] if notice is not None else [])

        await self._database.write(work)

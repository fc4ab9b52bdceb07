"""The store as the rest of executor sees it: each method is one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.engine import Connection

from novalgo_common.clock import Clock
from novalgo_common.events import (
    ConfigChanged,
    Event,
    Leg,
    OrderStatus,
    SignalDecided,
    SignalReceived,
    derived_id,
)
from novalgo_common.store import Database, Outbox
from novalgo_executor.allocate import Holdings, Share
from novalgo_executor.broker import (
    Account,
    BrokerFill,
    BrokerOrder,
    BrokerPosition,
    CashActivity,
    Undoing,
)
from novalgo_executor.facts import Order, Signal
from novalgo_executor.halts import Halt, Scope, halted
from novalgo_executor.limits import Limits, Trip, Usage, trips
from novalgo_executor.split import Part, Stated
from novalgo_executor.steps import End, Submit
from novalgo_executor.store import (
    account,
    cash,
    halts,
    late,
    orders,
    positions,
    requests,
    signals,
    undoings,
)
from novalgo_executor.store.effect import Effect
from novalgo_executor.store.tables import OUTBOX
from novalgo_executor.store.undoings import Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """What the store knows that bears on a signal."""

    held: Decimal
    other_books: tuple[Decimal, ...]
    external: Decimal
    orders: tuple[Order, ...]
    resting: tuple[Order, ...]
    unsent: tuple[Order, ...]
    moving: tuple[Order, ...]
    newer_waits: bool
    halt: Halt | None
    last_entry: datetime | None
    """The book's last opening within its cooldown."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The dollars in longs and shorts together, as the broker stated them at a time."""

    dollars: Decimal
    at: datetime


class Store:
    """Executor's durable state.  Every method raises `UnavailableError` when the store fails."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.outbox = Outbox(database, OUTBOX, clock)

    # --- signals

    async def add_signal(self, event: SignalReceived) -> bool:
        """Store a signal; return whether it is new."""
        now = self._clock()
        return await self._database.write(lambda c: signals.add(c, event, now))

    async def symbols(self) -> Sequence[str]:
        """Return the symbols that have signals without an ending."""
        return await self._database.read(signals.symbols)

    async def active_signals(self, symbol: str) -> list[Signal]:
        """Return the symbol's signals without an ending, oldest first."""
        return await self._database.read(lambda c: signals.active(c, symbol))

    async def supersede(self, symbol: str) -> list[Signal]:
        """End the signals that have not started and whose book has a newer one; return them."""
        now = self._clock()
        return await self._database.write(lambda c: signals.supersede(c, self.outbox, symbol, now))

    async def end_signal(self, signal: Signal, ending: End, *, held: Decimal | None = None) -> bool:
        """Give a signal its one ending; an intent of it that never left ends with it.

        With `held` it ends only while its book holds that; return whether it has ended.
        """
        now = self._clock()

        def end(connection: Connection) -> bool:
            if held not in (None, signals.held(connection, signal.symbol, signal.timeframe)):
                return False
            for order in orders.of_signal(connection, signal.signal_id):
                if order.status is not OrderStatus.UNKNOWN:
                    continue
                name = order.request.client_order_id
                if not order.sent:
                    orders.withdraw(connection, name, now)
                elif order.order_id is None:
                    orders.give_up(connection, name, now)
                else:
                    orders.lose(connection, self.outbox, name, now)
                    account.note_reset(connection, self.outbox, name, now)
            signals.end(connection, self.outbox, signal, ending, now)
            return True

        return await self._database.write(end)

    async def view(self, signal: Signal, *, cooldown: int | None = None) -> BookView:
        """Return what bears on a signal, as of one moment.

        With `cooldown` (seconds) it says when the book was last opened in that time.
        """
        now = self._clock()

        def read(connection: Connection) -> BookView:
            books = positions.books(connection, signal.symbol)
            others = [
                order
                for order in orders.unfinished(connection, signal.symbol)
                if order.signal_id != signal.signal_id
            ]
            return BookView(
                held=books.pop(signal.timeframe, Decimal(0)),
                other_books=tuple(held for held in books.values() if held),
                external=positions.external(connection, signal.symbol),
                orders=tuple(orders.of_signal(connection, signal.signal_id)),
                resting=tuple(order for order in others if order.status is OrderStatus.OPEN),
                moving=tuple(order for order in others if order.order_id is not None),
                unsent=tuple(
                    order
                    for order in others
                    if order.status is OrderStatus.UNKNOWN and not order.sent
                ),
                newer_waits=any(
                    other.timeframe == signal.timeframe and other.sequence > signal.sequence
                    for other in signals.active(connection, signal.symbol)
                ),
                halt=halted(halts.all_of_them(connection), signal.symbol, signal.timeframe),
                last_entry=(
                    orders.last_entry(connection, signal, now - timedelta(seconds=cooldown))
                    if cooldown is not None
                    else None
                ),
            )

        return await self._database.read(read)

    async def usage(self, exposure: Exposure) -> Usage:
        """Return how much of the limits that all books share is used."""
        now = self._clock()
        return await self._database.read(
            lambda c: halts.usage(c, exposure.dollars, exposure.at, now)
        )

    # --- orders

    async def add_intent(
        self,
        signal: Signal,
        step: Submit,
        *,
        config_version: int,
        position_size: Decimal | None,
        held: Decimal,
        exposure: Exposure,
        allows: Callable[[Usage], bool] | None,
    ) -> bool:
        """Store an intent, frozen, before its request leaves; the first one is the decision.

        Return False, and store nothing, where its book has been halted since an opening was
        decided, or others have used up the limits, of which `allows` is then asked: decide again.
        """
        now = self._clock()

        def add(connection: Connection) -> bool:
            if step.leg is Leg.OPEN:
                if halted(halts.all_of_them(connection), signal.symbol, signal.timeframe):
                    return False
                if allows is not None and not allows(
                    halts.usage(connection, exposure.dollars, exposure.at, now)
                ):
                    return False
            if not signal.decided:
                signals.started(connection, signal.signal_id, now)
                self.outbox.add(
                    connection,
                    SignalDecided(
                        event_id=derived_id(signal.signal_id, "signal.decided"),
                        correlation_id=signal.signal_id,
                        occurred_at=now,
                        action=signal.action,
                        symbol=signal.symbol,
                        timeframe=signal.timeframe,
                        config_version=config_version,
                        position_size=position_size,
                        held=held,
                    ),
                )
            orders.add(connection, signal, step, now)
            return True

        return await self._database.write(add)

    async def mark_sent(self, client_order_id: str) -> None:
        """Remember that the order may now be at the broker, before it is."""
        await self._database.write(lambda c: orders.mark(c, client_order_id, sent=True))

    async def mark_not_sent(self, client_order_id: str) -> None:
        """Remember that the broker definitely has not got the order."""
        await self._database.write(lambda c: orders.mark(c, client_order_id, sent=False))

    async def mark_missing(self, client_order_id: str, since: datetime) -> None:
        """Remember since when the broker denies that it knows the order."""
        await self._database.write(lambda c: orders.miss(c, client_order_id, since))

    async def refuse(self, client_order_id: str, detail: str) -> None:
        """Remember that the broker definitely refused the order."""
        now = self._clock()

        await self._database.write(
            lambda c: orders.refuse(c, self.outbox, client_order_id, detail, now)
        )

    async def apply(self, stated: BrokerOrder, fill: BrokerFill | None = None) -> Effect:
        """Take in what the broker states of an order; return what that changes."""
        now = self._clock()
        return await self._database.write(lambda c: orders.apply(c, self.outbox, stated, fill, now))

    async def unfinished_orders(self) -> Sequence[Order]:
        """Return the orders that have not ended, or whose fills are not all counted."""
        return await self._database.read(orders.unfinished)

    async def late_orders(self) -> Sequence[Order]:
        """Return the orders that turned up after they were given up, and are not settled."""
        return await self._database.read(late.unsettled)

    async def settle_late(self, order: Order) -> bool:
        """Say what becomes of a late order once it has ended; return whether it has."""
        now = self._clock()
        return await self._database.write(lambda c: late.settle(c, self.outbox, order, now))

    async def stuck_signals(self, before: datetime) -> list[Signal]:
        """Return the signals that came before a time and have no ending."""
        return await self._database.read(lambda c: signals.stuck(c, before))

    # --- fills and positions

    async def count_fill(self, fill: BrokerFill) -> bool:
        """Count a fill of one of our orders, once; return whether it is one of ours."""
        now = self._clock()
        return await self._database.write(lambda c: orders.count(c, self.outbox, fill, now))

    async def uncounted(self, fills: Sequence[BrokerFill]) -> Sequence[BrokerFill]:
        """Return the fills that are not counted yet."""
        return await self._database.read(lambda c: positions.uncounted(c, fills))

    async def count_foreign_fill(self, fill: BrokerFill) -> None:
        """Count, once, a fill that no order of ours explains."""
        now = self._clock()
        await self._database.write(lambda c: account.count_foreign(c, self.outbox, fill, now))

    async def undo(self, undoing: Undoing) -> Sequence[Counted]:
        """Undo a fill, once; return what was undone, nothing where it is not counted."""
        now = self._clock()
        return await self._database.write(lambda c: undoings.undo(c, self.outbox, undoing, now))

    async def known_positions(self) -> dict[str, Holdings]:
        """Return what our store holds, by symbol."""
        return await self._database.read(positions.by_symbol)

    async def adopt(
        self, symbol: str, shares: Sequence[Share], price: Decimal, seen_at: datetime
    ) -> None:
        """Add shares that no fill explains to books, or to the external remainder."""
        now = self._clock()
        await self._database.write(
            lambda c: account.adopt(
                c, self.outbox, symbol, shares, price=price, seen_at=seen_at, now=now
            )
        )

    async def split(self, symbol: str, parts: Sequence[Part]) -> None:
        """Give each holder of a symbol the shares that a split has left it with."""
        now = self._clock()
        await self._database.write(lambda c: account.split(c, self.outbox, symbol, parts, now))

    async def stated_positions(self) -> dict[str, Stated]:
        """Return the positions as they were stated when the books last agreed with them."""
        return await self._database.read(positions.stated)

    async def save_stated(self, stated: Sequence[BrokerPosition]) -> None:
        await self._database.write(lambda c: positions.save_stated(c, stated))

    async def watermark(self) -> datetime | None:
        """Return the time up to which the account's fills are certainly counted."""
        return await self._database.read(account.watermark)

    async def save_watermark(self, moment: datetime, *, agreed: bool) -> None:
        """Remember the watermark, and with `agreed` that the books were right at that time."""
        await self._database.write(lambda c: account.save_watermark(c, moment, agreed=agreed))

    async def certain_order(self) -> Order | None:
        """Return an order that the broker certainly had when the books last agreed with it."""
        return await self._database.read(orders.certain)

    async def lose(self, order: Order) -> None:
        """End an order that the broker had, and denies now; halt all entries."""
        now, name = self._clock(), order.request.client_order_id

        def lose(connection: Connection) -> None:
            orders.lose(connection, self.outbox, name, now)
            account.note_reset(connection, self.outbox, name, now)

        await self._database.write(lose)

    async def note_reset(self, order: Order) -> None:
        """Halt all entries: the broker denies an order that it had."""
        now, name = self._clock(), order.request.client_order_id
        await self._database.write(lambda c: account.note_reset(c, self.outbox, name, now))

    # --- halts and limits: what a person requests is done once for each request's id

    async def halt(self, halt: Halt, request_id: UUID) -> None:
        """Halt a scope; one that is halted already stays as it is."""
        now = self._clock()

        def stop(connection: Connection) -> None:
            if requests.take(connection, request_id, now):
                halts.add(connection, self.outbox, halt, request_id)

        await self._database.write(stop)

    async def resume(self, scope: Scope, request_id: UUID) -> bool:
        """Lift the halt of exactly this scope; return whether there was one.

        Lifting the halt of all begins the losing streak and the drawdown anew.
        """
        now = self._clock()

        def resume(connection: Connection) -> bool:
            if not requests.take(connection, request_id, now):
                return False
            if not halts.remove(connection, self.outbox, scope, request_id, now):
                return False
            if scope == Scope():
                account.reset_streak(connection)
                account.reset_peak(connection)
            return True

        return await self._database.write(resume)

    async def halts(self) -> list[Halt]:
        return await self._database.read(halts.all_of_them)

    async def flatten(self, halt: Halt, request_id: UUID) -> list[UUID]:
        """Halt, and add a closing signal for each book that holds or may come to hold shares.

        It ranks above every alert, also one that arrives after it.  Return the signals' ids.
        """
        now = self._clock()

        def flatten(connection: Connection) -> list[UUID]:
            if not requests.take(connection, request_id, now):
                return []
            halts.add(connection, self.outbox, halt, request_id)
            books = {*positions.held_books(connection), *signals.active_books(connection)}
            covered = sorted(book for book in books if halt.scope.covers(*book))
            return [signals.add_closing(connection, *book, request_id, now) for book in covered]

        return await self._database.write(flatten)

    async def breaks_limits(self, limits: Limits, stated: Account) -> bool:
        """Say whether the account breaks a limit, by the cash that is known to have moved."""
        now = self._clock()
        return await self._database.read(lambda c: bool(_trips(c, limits, stated, now)))

    async def check_limits(
        self, limits: Limits, stated: Account, new_id: Callable[[], UUID]
    ) -> list[Trip]:
        """Halt for each limit that the account breaks now; return them."""
        now = self._clock()

        def check(connection: Connection) -> list[Trip]:
            account.raise_peak(connection, stated.equity)
            found = _trips(connection, limits, stated, now)
            for trip in found:
                halt = Halt(Scope(), f"{trip.limit}: {trip.detail}", now)
                halts.add(connection, self.outbox, halt, new_id())
            return found

        return await self._database.write(check)

    # --- the rest

    async def keep_config(self, event: ConfigChanged) -> None:
        """Keep this configuration in the place of the one before."""
        await self._database.write(lambda c: account.keep_config(c, event))

    async def kept_config(self) -> ConfigChanged | None:
        return await self._database.read(account.kept_config)

    async def tell_of_cash(self, activities: Sequence[CashActivity], since: datetime) -> None:
        """Publish each activity once, and take it back where it was cancelled afterwards."""
        await self._database.write(lambda c: cash.tell(c, self.outbox, activities, since))

    async def moved_since_close(self) -> Decimal:
        """Return the dollars moved in, less those moved out, since the previous close."""
        now = self._clock()
        return await self._database.read(lambda c: cash.moved(c, now))

    async def announce(self, event: Event) -> None:
        """Put an event that tells of no change here into the outbox."""
        await self._database.write(lambda c: self.outbox.add(c, event))


def _trips(connection: Connection, limits: Limits, stated: Account, now: datetime) -> list[Trip]:
    return trips(
        limits,
        stated,
        peak=account.peak(connection),
        losing_streak=account.losing_streak(connection),
        moved=cash.moved(connection, now),
    )

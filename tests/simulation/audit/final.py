"""What must have come about once the faults have stopped."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from novalgo_common.events import AlarmRaised
from novalgo_executor.store.signals import FIRST_CLOSING
from novalgo_simulator.broker.order import Undoing
from tests.simulation.audit.promises import Promise

if TYPE_CHECKING:
    from tests.simulation.world import World

Missing = list[tuple[Promise, str]]


def unfinished(world: "World") -> Missing:
    """Return what has not ended yet."""
    rows = world.disk.rows
    ended = {signal_id for (signal_id,) in rows("SELECT signal_id FROM signals WHERE ended_at")}
    missing: Missing = [
        (Promise.DRAINS, f"signal {signal.sequence} has no ending")
        for signal in world.published
        if str(signal.event_id) not in ended
    ]
    missing += [
        (Promise.DRAINS, f"a closing of {symbol} has no ending")
        for (symbol,) in rows(
            "SELECT symbol FROM signals WHERE sequence >= ? AND ended_at IS NULL", FIRST_CLOSING
        )
    ]
    obeyed = {event_id for (event_id,) in rows("SELECT event_id FROM requests")}
    missing += [
        (Promise.OBEYED_ONCE, f"{request.type} is not done")
        for request in world.office.ordered
        if str(request.event_id) not in obeyed
    ]
    missing += [
        (Promise.DRAINS, f"order {order.client_order_id} is {order.status}")
        for order in world.venue.ledger.open_orders()
    ]
    waiting = rows("SELECT count(*) FROM outbox WHERE published_at IS NULL")[0][0]
    if waiting:
        missing.append((Promise.DRAINS, f"{waiting} events wait in the outbox"))
    missing += [
        (Promise.LATE_SETTLED, name)
        for (name,) in rows(
            "SELECT client_order_id FROM orders WHERE given_up_at IS NOT NULL"
            " AND order_id IS NOT NULL AND late_settled_at IS NULL"
        )
    ]
    missing += _not_halted(world)
    missing += _not_undone(world)
    missing += _disagreements(world)
    missing += _uncounted(world)
    return missing


def believed(world: "World") -> dict[str, Decimal]:
    """Return what executor's store holds of each symbol."""
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for symbol, quantity in world.disk.rows(
        "SELECT symbol, quantity FROM books UNION ALL SELECT symbol, quantity FROM externals"
    ):
        ours[symbol] += Decimal(quantity)
    return ours


def _disagreements(world: "World") -> Missing:
    ours = believed(world)
    return [
        (Promise.BOOKS_AGREE, f"{symbol}: {ours[symbol]} here, {held} at Alpaca")
        for symbol in world.day.symbols
        if (held := world.venue.ledger.held(symbol)) != ours[symbol]
    ]


def _not_undone(world: "World") -> Missing:
    """Return the fills that the exchange undid and that still stand here."""
    standing = {
        execution_id
        for (execution_id,) in world.disk.rows(
            "SELECT execution_id FROM fills WHERE undone_by IS NULL"
            " UNION ALL SELECT undoing_id FROM corrections WHERE undone_by IS NULL"
        )
    }
    return [
        (Promise.UNDONE, f"{movement.undone.qty} {movement.undone.symbol} still count")
        for _, movement in world.venue.movements
        if isinstance(movement, Undoing) and str(movement.undone.execution_id) in standing
    ]


def _not_halted(world: "World") -> Missing:
    """Return whether a reset that had to be noticed was told to nobody, all halted or not."""
    noticed = any(
        isinstance(event, AlarmRaised) and event.code == "account_reset"
        for event in world.office.received.values()
    )
    if noticed or not world.lost_by_reset or world.record.clock_steps:
        return []
    return [(Promise.RESET_STOPS, f"a reset took {world.lost_by_reset}, and nobody was told")]


def _uncounted(world: "World") -> Missing:
    counted: dict[str, Decimal] = defaultdict(Decimal)
    for order_id, quantity in world.disk.rows("SELECT order_id, quantity FROM fills"):
        counted[order_id] += Decimal(quantity)
    return [
        (Promise.FILLS_ONCE, f"{counted[str(order.id)]} of {order.filled_qty} counted: {order.id}")
        for order in world.venue.ledger.orders.values()
        if order.client_order_id.startswith("nv-") and counted[str(order.id)] != order.filled_qty
    ]


def untold(world: "World") -> Missing:
    """Return what the others were not told, or in another order, or twice differently."""
    stored = world.disk.rows("SELECT event_id FROM outbox ORDER BY position")
    received = world.office.received
    missing: Missing = [
        (Promise.TOLD, f"event {event_id} was marked and not published")
        for (event_id,) in stored
        if UUID(event_id) not in received
    ]
    missing += [
        (Promise.TOLD, f"{event.type} came twice, differently") for event in world.office.copies
    ]
    missing += [(Promise.NO_CRASH, f"a message died: {text}") for text in world.office.dead]
    places = {UUID(event_id): place for place, (event_id,) in enumerate(stored)}
    latest: dict[str, int] = {}
    for event in received.values():
        place = places.get(event.event_id)
        if place is None:
            missing.append((Promise.TOLD, f"{event.type} was published and not stored"))
        elif place < latest.get(event.key, -1):
            missing.append((Promise.TOLD, f"{event.type} overtook an older event of {event.key}"))
        else:
            latest[event.key] = place
    alerts = world.disk.rows("SELECT signal_id FROM signals WHERE sequence < ?", FIRST_CLOSING)
    strangers = {UUID(signal_id) for (signal_id,) in alerts}
    strangers -= {signal.event_id for signal in world.published}
    missing += [(Promise.ONE_ORDER, f"signal {stranger} was never sent") for stranger in strangers]
    return missing

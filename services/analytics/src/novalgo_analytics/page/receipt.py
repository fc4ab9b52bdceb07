"""The receipt of a signal, from what was journaled of it: its way with times, what was decided and
why, its orders and fills, and how it ended.  Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from novalgo_analytics.summary import exact
from novalgo_common.events import (
    Action,
    Event,
    FillBusted,
    FillRecorded,
    Leg,
    OrderEnded,
    OrderStatus,
    OrderSubmitted,
    Side,
    SignalDecided,
    SignalEnded,
    SignalReceived,
    StatusWritten,
)

EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happened to the signal at a moment."""

    name: str
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    at: datetime
    quantity: Decimal
    price: Decimal
    busted: bool
    """Whether the exchange undid it."""


@dataclass(slots=True, kw_only=True)
class OrderOfSignal:
    client_order_id: str
    leg: Leg | None
    side: Side | None = None
    quantity: Decimal | None = None
    notional: Decimal | None = None
    quote_price: Decimal | None = None
    submitted_at: datetime | None = None
    status: OrderStatus = OrderStatus.OPEN
    ended_at: datetime | None = None
    filled_quantity: Decimal | None = None
    filled_average_price: Decimal | None = None
    detail: str = ""
    fills: list[Fill] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    signal_id: UUID
    action: Action
    symbol: str
    timeframe: str
    received: SignalReceived | None
    """None of what a person ordered: no alert came for it."""
    decided: SignalDecided | None
    ended: SignalEnded | None
    steps: Sequence[Step]
    """In the order of their times."""
    orders: Sequence[OrderOfSignal]
    positions: Sequence[int]
    """Of its events in the journal."""


def receipt(signal_id: UUID, journaled: Sequence[tuple[int, Event]]) -> Receipt | None:
    """Return the receipt, or None where none of the events is a signal's."""
    events = [event for _, event in journaled]
    received = _first(events, SignalReceived)
    decided = _first(events, SignalDecided)
    ended = _first(events, SignalEnded)
    known = received or decided or ended
    if known is None:
        return None
    return Receipt(
        signal_id=signal_id,
        action=known.action,
        symbol=known.symbol,
        timeframe=known.timeframe,
        received=received,
        decided=decided,
        ended=ended,
        steps=sorted(_steps(events), key=lambda step: step.at),
        orders=_orders(events),
        positions=[position for position, _ in journaled],
    )


def _first(events: Iterable[Event], kind: type[EventT]) -> EventT | None:
    return next((event for event in events if isinstance(event, kind)), None)


def _steps(events: Iterable[Event]) -> Iterator[Step]:
    for event in events:
        match event:
            case SignalReceived():
                if event.alert_at is not None:
                    yield Step(name="alert", at=event.alert_at, detail="TradingView fired")
                yield Step(name="received", at=event.occurred_at, detail="ingest begins to read it")
                if event.stored_at is not None:
                    yield Step(name="stored", at=event.stored_at, detail="ingest has it on disk")
            case SignalDecided():
                yield Step(name="decided", at=event.occurred_at, detail=_decision(event))
            case OrderSubmitted():
                yield Step(name="submitted", at=event.occurred_at, detail=_order(event))
            case FillRecorded():
                yield Step(name="filled", at=event.filled_at, detail=_fill(event))
            case FillBusted():
                yield Step(name="busted", at=event.occurred_at, detail="the exchange undid a fill")
            case SignalEnded():
                yield Step(name="ended", at=event.occurred_at, detail=_ending(event))
            case StatusWritten():
                yield Step(name="shown", at=event.occurred_at, detail=f"sheet: {event.status}")
            case _:
                pass


def _decision(event: SignalDecided) -> str:
    size = f", ${event.position_size:,f}" if event.position_size is not None else ""
    return f"held {exact(event.held)}{size}, config version {event.config_version}"


def _order(event: OrderSubmitted) -> str:
    much = f"{event.quantity:f}" if event.quantity is not None else f"${event.notional:,f}"
    return f"{event.leg}: {event.side} {much}"


def _fill(event: FillRecorded) -> str:
    return f"{event.side} {event.quantity:f} at {event.price:f}"


def _ending(event: SignalEnded) -> str:
    why = event.detail or (event.reason.replace("_", " ") if event.reason else "")
    return f"{event.ending}: {why}" if why else str(event.ending)


def _orders(events: Sequence[Event]) -> list[OrderOfSignal]:
    busted = {event.fill_event_id for event in events if isinstance(event, FillBusted)}
    found: dict[str, OrderOfSignal] = {}
    for event in events:
        if isinstance(event, OrderSubmitted | OrderEnded | FillRecorded) and event.client_order_id:
            name = event.client_order_id
            order = found.setdefault(name, OrderOfSignal(client_order_id=name, leg=event.leg))
            _add(order, event, busted)
    return list(found.values())


def _add(
    order: OrderOfSignal, event: OrderSubmitted | OrderEnded | FillRecorded, busted: set[UUID]
) -> None:
    match event:
        case OrderSubmitted():
            order.side, order.quantity, order.notional = event.side, event.quantity, event.notional
            order.quote_price, order.submitted_at = event.quote_price, event.occurred_at
        case OrderEnded():
            order.status, order.ended_at = event.status, event.occurred_at
            order.filled_quantity = event.filled_quantity
            order.filled_average_price = event.filled_average_price
            order.detail = event.detail
        case FillRecorded():
            order.fills.append(
                Fill(
                    at=event.filled_at,
                    quantity=event.quantity,
                    price=event.price,
                    busted=event.event_id in busted,
                )
            )

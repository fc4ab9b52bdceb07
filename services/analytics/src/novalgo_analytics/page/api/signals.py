"""The signals, and the receipt of each."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from novalgo_analytics.facts import SignalSeen
from novalgo_analytics.page.api.words import (
    ROWS_OF_CSV,
    Amount,
    Before,
    Body,
    Day,
    Limit,
    csv_answer,
    of_day,
    refuse_place,
)
from novalgo_analytics.page.receipt import receipt
from novalgo_analytics.page.sources import Kept, Sources
from novalgo_analytics.store import lookups
from novalgo_analytics.store.lookups import Place, SignalFilter
from novalgo_common.errors import UnavailableError
from novalgo_common.events import (
    Action,
    Ending,
    Leg,
    OrderStatus,
    PreviewReported,
    PreviewRequested,
    Reason,
    Side,
)
from novalgo_common.timeframes import length

PREVIEWED_WITHIN = 5.0
CHOICES_KEPT = 1.0
COLUMNS = (
    "seen_at",
    "signal_id",
    "action",
    "symbol",
    "timeframe",
    "ending",
    "reason",
    "detail",
    "ended_at",
)


class Signal(Body):
    signal_id: UUID
    action: Action
    symbol: str
    timeframe: str
    seen_at: datetime
    ending: Ending | None
    reason: str | None
    detail: str
    ended_at: datetime | None


class Signals(Body):
    signals: list[Signal]
    before: str | None
    """What to ask for to get the next page; null on the last."""


class Choices(Body):
    """What the list can be filtered by."""

    symbols: list[str]
    timeframes: list[str]
    endings: list[str]
    reasons: list[str]


class ReceivedAlert(Body):
    sequence: int
    alert_at: datetime | None
    bar_at: datetime | None
    price: Amount | None
    comment: str | None


class Decision(Body):
    config_version: int
    position_size: Amount | None
    held: Amount


class Step(Body):
    name: str
    at: datetime
    detail: str


class Fill(Body):
    at: datetime
    quantity: Amount
    price: Amount
    busted: bool


class Order(Body):
    client_order_id: str
    leg: Leg | None
    side: Side | None
    quantity: Amount | None
    notional: Amount | None
    quote_price: Amount | None
    submitted_at: datetime | None
    status: OrderStatus
    ended_at: datetime | None
    filled_quantity: Amount | None
    filled_average_price: Amount | None
    detail: str
    fills: list[Fill]


class SignalReceipt(Body):
    signal_id: UUID
    action: Action
    symbol: str
    timeframe: str
    received: ReceivedAlert | None
    """The alert without its secret; null of what a person ordered."""
    decided: Decision | None
    ending: Ending | None
    reason: Reason | None
    detail: str
    held: Amount | None
    """Shares in the book after the ending."""
    steps: list[Step]
    orders: list[Order]
    positions: list[int]
    """Of its events in the journal."""


class Alert(Body):
    """The alert as ingest keeps it, without its secret."""

    channel: str | None
    address: str | None
    secret: str | None
    """The name of the secret that it carried."""
    text: str | None
    warning: str | None


class PreviewedOrder(Body):
    leg: Leg
    side: Side
    quantity: Amount | None
    notional: Amount | None


class Preview(Body):
    """What executor would do if the signal came now.  Nothing was done."""

    held: Amount
    orders: list[PreviewedOrder]
    ending: Ending | None
    reason: Reason | None
    detail: str


async def signal_filter(
    *,
    symbol: Annotated[str | None, Query(max_length=20)] = None,
    timeframe: Annotated[str | None, Query(max_length=20)] = None,
    action: Action | None = None,
    ending: Annotated[
        Ending | Literal["none"] | None, Query(description="`none`: those still under way")
    ] = None,
    reason: Reason | None = None,
    day: Day = None,
) -> SignalFilter:
    start, end = of_day(day)
    return SignalFilter(
        symbol=symbol.strip().upper() or None if symbol else None,
        timeframe=timeframe or None,
        action=action,
        ending=Ending(ending) if ending and ending != "none" else None,
        under_way=ending == "none",
        reason=reason,
        start=start,
        end=end,
    )


Filter = Annotated[SignalFilter, Depends(signal_filter)]


def signal_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["signals"])
    store = sources.store
    choices: Kept[Choices] = Kept(CHOICES_KEPT)

    @router.get("/signals")
    async def signals(wanted: Filter, before: Before = None, limit: Limit = 50) -> Signals:
        place = _place(before) if before else None
        found = await store.look(lambda c: lookups.signals(c, wanted, place, limit))
        return Signals(
            signals=[Signal.model_validate(each) for each in found],
            before=_name(found[-1]) if len(found) == limit else None,
        )

    @router.get("/signals.csv", response_class=Response)
    async def as_csv(wanted: Filter) -> Response:
        found = await store.look(lambda c: lookups.signals(c, wanted, None, ROWS_OF_CSV))
        rows = ([getattr(each, name) for name in COLUMNS] for each in found)
        return csv_answer("signals.csv", COLUMNS, rows)

    @router.get("/signals/choices")
    async def filters() -> Choices:
        return await choices.get(lambda: _choices(sources))

    @router.get("/signals/{signal_id}")
    async def one(signal_id: UUID) -> SignalReceipt:
        return await _receipt(sources, signal_id)

    @router.get("/signals/{signal_id}/alert")
    async def alert(signal_id: UUID) -> Alert:
        """What the alert said, as it came."""
        found = await sources.alerts.of(signal_id)
        if found is None:
            raise HTTPException(404, "No alert came for it: a person ordered it")
        return Alert.model_validate(found)

    @router.get("/signals/{signal_id}/preview")
    async def preview(signal_id: UUID) -> Preview:
        """What executor would do if the signal came again now."""
        known = await _receipt(sources, signal_id)
        question = sources.new_id()
        request = PreviewRequested(
            event_id=question,
            correlation_id=question,
            occurred_at=sources.clock(),
            action=known.action,
            symbol=known.symbol,
            timeframe=known.timeframe,
        )
        try:
            reported = await sources.bus.request(request, within=PREVIEWED_WITHIN)
        except UnavailableError:
            raise HTTPException(503, "Executor does not answer: see Overview") from None
        assert isinstance(reported, PreviewReported)
        return Preview.model_validate(reported)

    return router


async def _receipt(sources: Sources, signal_id: UUID) -> SignalReceipt:
    journaled = await sources.store.look(lambda c: lookups.of_signal(c, signal_id))
    found = receipt(signal_id, journaled)
    if found is None:
        raise HTTPException(404, "No signal of this id was journaled")
    ended = found.ended
    fields: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("signal_id", "action", "symbol", "timeframe", "received", "decided")
    }
    return SignalReceipt.model_validate(
        fields
        | {
            "ending": ended.ending if ended else None,
            "reason": ended.reason if ended else None,
            "detail": ended.detail if ended else "",
            "held": ended.held if ended else None,
            "steps": found.steps,
            "orders": found.orders,
            "positions": found.positions,
        },
        from_attributes=True,
    )


async def _choices(sources: Sources) -> Choices:
    books = set(await sources.store.look(lookups.books))
    config = await sources.store.look(lookups.config)
    books |= {(row.symbol, row.timeframe) for row in config.rows} if config else set()
    return Choices(
        symbols=sorted({symbol for symbol, _ in books}),
        timeframes=sorted({timeframe for _, timeframe in books}, key=length),
        endings=[*Ending, "none"],
        reasons=list(Reason),
    )


def _name(signal: SignalSeen) -> str:
    return f"{signal.seen_at.isoformat().replace('+00:00', 'Z')}_{signal.signal_id}"


def _place(before: str) -> Place:
    seen_at, _, signal_id = before.partition("_")
    try:
        at = datetime.fromisoformat(seen_at)
        place = Place(at, UUID(signal_id))
    except ValueError:
        raise refuse_place() from None
    if at.tzinfo is None:
        raise refuse_place()
    return place

"""Halt, resume, flatten: published as requests, which executor obeys and the journal keeps."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from novalgo_analytics.page.api.accounts import Halt
from novalgo_analytics.page.api.words import Body
from novalgo_analytics.page.sources import Sources
from novalgo_analytics.page.standing import halts
from novalgo_common.credentials import Credential
from novalgo_common.events import FlattenRequested, HaltRequested, ResumeRequested
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe

Kind = Literal["halt", "resume", "flatten"]


class Order(BaseModel):
    """For what: everything, a symbol, or a book."""

    symbol: str | None = None
    timeframe: str | None = None
    reason: str = Field("ordered on the page", max_length=160)


class Ordered(Body):
    """It is on disk, and on its way to executor."""

    request_id: UUID
    """The correlation id of what comes of it."""


class Halts(Body):
    halts: list[Halt]


def control_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["control"])

    @router.get("/halts")
    async def standing() -> Halts:
        return Halts(halts=await halts(sources))

    @router.post("/control/{kind}", status_code=202)
    async def order(
        kind: Kind, order: Order, holder: Annotated[Credential, Depends(sources.access.controller)]
    ) -> Ordered:
        """The journal keeps the request, with the name of the key that it was ordered with."""
        symbol, timeframe = _scope(order)
        if kind == "resume":
            await _refuse_unless_halted(sources, symbol, timeframe)
        request_id = sources.new_id()
        fields: dict[str, Any] = {
            "event_id": request_id,
            "correlation_id": request_id,
            "occurred_at": sources.clock(),
            "symbol": symbol,
            "timeframe": timeframe,
        }
        reason = f"{order.reason.strip() or 'ordered on the page'} (key {holder.name})"
        await sources.store.order(_request(kind, fields, reason))
        return Ordered(request_id=request_id)

    return router


def _request(
    kind: Kind, fields: dict[str, Any], reason: str
) -> HaltRequested | ResumeRequested | FlattenRequested:
    match kind:
        case "halt":
            return HaltRequested(**fields, reason=reason)
        case "resume":
            return ResumeRequested(**fields)
        case "flatten":
            return FlattenRequested(**fields, reason=reason)


def _scope(order: Order) -> tuple[str | None, str | None]:
    symbol = parse_symbol(order.symbol) if order.symbol else None
    timeframe = parse_timeframe(order.timeframe) if order.timeframe else None
    if order.symbol and symbol is None:
        raise HTTPException(400, "symbol: not a US stock's")
    if order.timeframe and timeframe is None:
        raise HTTPException(400, "timeframe: not a chart interval")
    if timeframe and symbol is None:
        raise HTTPException(400, "symbol: missing, a timeframe alone is no book")
    return symbol, timeframe


async def _refuse_unless_halted(
    sources: Sources, symbol: str | None, timeframe: str | None
) -> None:
    standing = {(halt.symbol, halt.timeframe) for halt in await halts(sources)}
    if (symbol, timeframe) not in standing:
        scope = " ".join(part for part in (symbol, timeframe) if part) or "everything"
        raise HTTPException(404, f"There is no halt of {scope}")

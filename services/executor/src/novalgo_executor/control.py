"""What a person can order: halt, resume, flatten.  Over HTTP, with an API key, or over the bus.

Both ways are one: a call over HTTP makes the very request that the bus would have brought.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel, Field

from novalgo_common.clock import Clock
from novalgo_common.credentials import Credentials, KeyScope
from novalgo_common.errors import PermanentError
from novalgo_common.events import Event, FlattenRequested, HaltRequested, ResumeRequested
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.store import Store
from novalgo_executor.symbol_workers import SymbolWorkers

log = structlog.get_logger()


class Order(BaseModel):
    """What a person orders, and for what: everything, a symbol, or a book."""

    symbol: str | None = None
    timeframe: str | None = None
    reason: str = Field("ordered by a person", max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Obeys each request once, by its id, whichever way it came."""

    store: Store
    workers: SymbolWorkers
    clock: Clock

    async def take(self, event: Event) -> None:
        """Obey a request that came over the bus."""
        match event:
            case HaltRequested():
                await self.halt(event)
            case ResumeRequested():
                await self.resume(event)
            case FlattenRequested():
                await self.flatten(event)
            case _:
                raise PermanentError(f"{event.type} is no order of a person")

    async def halt(self, request: HaltRequested) -> None:
        """Stop entries at once, those of signals that wait already included."""
        halt = self._halt(request)
        await self.store.halt(halt, request.event_id)
        log.warning("trading.halted", scope=str(halt.scope), reason=halt.reason)

    async def resume(self, request: ResumeRequested) -> bool:
        """Lift the halt of exactly this scope; return whether there was one."""
        scope = Scope(request.symbol, request.timeframe)
        lifted = await self.store.resume(scope, request.event_id)
        log.warning("trading.resumed", scope=str(scope), lifted=lifted)
        return lifted

    async def flatten(self, request: FlattenRequested) -> list[UUID]:
        """Halt, and close every book of the scope; return the ids of the closing signals."""
        halt = self._halt(request)
        signal_ids = await self.store.flatten(halt, request.event_id)
        log.warning("trading.flattening", scope=str(halt.scope), books=len(signal_ids))
        await self.workers.look_again()
        return signal_ids

    def _halt(self, request: HaltRequested | FlattenRequested) -> Halt:
        return Halt(Scope(request.symbol, request.timeframe), request.reason, self.clock())


def control_router(
    control: Control, keys: Credentials, clock: Clock, new_id: Callable[[], UUID]
) -> APIRouter:
    """Return the routes under `/control`."""

    def check(request: Request, x_api_key: str | None = Header(None)) -> None:
        if not keys.accept(x_api_key):
            raise HTTPException(401, "X-API-Key is missing or wrong")
        scope = KeyScope.READ if request.method == "GET" else KeyScope.CONTROL
        if not keys.accept(x_api_key, scope):
            raise HTTPException(403, "this API key may only read")

    router = APIRouter(prefix="/control", dependencies=[Depends(check)])

    @router.get("/halts")
    async def halts() -> dict[str, Any]:
        return {"halts": [_json(halt) for halt in await control.store.halts()]}

    @router.post("/halt")
    async def halt(order: Order) -> dict[str, Any]:
        await control.halt(HaltRequested(**request(order), reason=order.reason))
        return await halts()

    @router.post("/resume")
    async def resume(order: Order) -> dict[str, Any]:
        if not await control.resume(ResumeRequested(**request(order))):
            raise HTTPException(404, f"There is no halt of {_scope(order)}")
        return await halts()

    @router.post("/flatten")
    async def flatten(order: Order) -> dict[str, Any]:
        signal_ids = await control.flatten(FlattenRequested(**request(order), reason=order.reason))
        return {"signals": [str(signal_id) for signal_id in signal_ids], **await halts()}

    def request(order: Order) -> dict[str, Any]:
        scope, event_id = _scope(order), new_id()
        return {
            "event_id": event_id,
            "correlation_id": event_id,
            "occurred_at": clock(),
            "symbol": scope.symbol,
            "timeframe": scope.timeframe,
        }

    return router


def _scope(order: Order) -> Scope:
    symbol = parse_symbol(order.symbol) if order.symbol else None
    timeframe = parse_timeframe(order.timeframe) if order.timeframe else None
    if order.symbol and symbol is None:
        raise HTTPException(400, "symbol: not a US stock's")
    if order.timeframe and timeframe is None:
        raise HTTPException(400, "timeframe: not a chart interval")
    return Scope(symbol, timeframe)


def _json(halt: Halt) -> dict[str, Any]:
    return {
        "symbol": halt.scope.symbol,
        "timeframe": halt.scope.timeframe,
        "reason": halt.reason,
        "since": halt.since.isoformat(),
    }

"""What a person can order: halt, resume, flatten.  Over HTTP, with an API key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel, Field

from novalgo_common.clock import Clock
from novalgo_common.credentials import Credentials
from novalgo_common.credentials import Scope as KeyScope
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
    store: Store
    workers: SymbolWorkers
    clock: Clock
    new_id: Callable[[], UUID]

    async def halt(self, scope: Scope, reason: str) -> None:
        """Stop entries at once, those of signals that wait already included."""
        await self.store.halt(Halt(scope, reason, self.clock()), self.new_id())
        log.warning("trading.halted", scope=str(scope), reason=reason)

    async def resume(self, scope: Scope) -> bool:
        """Lift the halt of exactly this scope; return whether there was one."""
        lifted = await self.store.resume(scope, self.new_id())
        log.warning("trading.resumed", scope=str(scope), lifted=lifted)
        return lifted

    async def flatten(self, scope: Scope, reason: str) -> list[UUID]:
        """Halt, then close every book of the scope; return the ids of the closing signals."""
        await self.halt(scope, reason)
        signal_ids = await self.store.flatten(scope, self.new_id)
        log.warning("trading.flattening", scope=str(scope), books=len(signal_ids))
        await self.workers.look_again()
        return signal_ids


def control_router(control: Control, keys: Credentials) -> APIRouter:
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
        await control.halt(_scope(order), order.reason)
        return await halts()

    @router.post("/resume")
    async def resume(order: Order) -> dict[str, Any]:
        scope = _scope(order)
        if not await control.resume(scope):
            raise HTTPException(404, f"There is no halt of {scope}")
        return await halts()

    @router.post("/flatten")
    async def flatten(order: Order) -> dict[str, Any]:
        signal_ids = await control.flatten(_scope(order), order.reason)
        return {"signals": [str(signal_id) for signal_id in signal_ids], **await halts()}

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

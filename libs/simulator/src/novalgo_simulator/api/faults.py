"""/sim/faults: what goes wrong from now on.  An empty body's script ends all of it."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.faults import Script


def faults_router(take: Callable[[Script], None]) -> APIRouter:
    router = APIRouter(prefix="/sim")

    @router.post("/faults")
    async def faults(script: Script) -> Response:
        take(script)
        return JSONResponse(script.model_dump(mode="json"))

    return router

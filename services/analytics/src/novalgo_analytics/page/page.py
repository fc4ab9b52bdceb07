"""Puts the page, its API and its live events into analytics' application."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware

from novalgo_analytics.page.api.books import book_routes
from novalgo_analytics.page.api.control import control_routes
from novalgo_analytics.page.api.dead_letters import dead_letter_routes
from novalgo_analytics.page.api.execution import execution_routes
from novalgo_analytics.page.api.live import live_routes
from novalgo_analytics.page.api.overview import overview_routes
from novalgo_analytics.page.api.performance import performance_routes
from novalgo_analytics.page.api.signals import signal_routes
from novalgo_analytics.page.api.trades import trade_routes
from novalgo_analytics.page.login import login_routes
from novalgo_analytics.page.never_kept import NeverKept
from novalgo_analytics.page.shell import FILES, Files, shell_routes
from novalgo_analytics.page.sources import Sources

PREFIX = "/api/v1"
WORTH_PACKING = 1000
"""Bytes."""


def add_page(app: FastAPI, sources: Sources) -> None:
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=5)
    app.add_middleware(NeverKept, prefix=PREFIX)
    api = APIRouter(prefix=PREFIX)
    api.include_router(login_routes(sources.access, sources.feed))
    api.include_router(_for_readers(sources))
    app.include_router(api)
    app.include_router(shell_routes(sources.access))
    app.mount("/static", Files(directory=FILES))


def _for_readers(sources: Sources) -> APIRouter:
    router = APIRouter(dependencies=[Depends(sources.access)])
    for routes in (
        overview_routes,
        signal_routes,
        book_routes,
        trade_routes,
        performance_routes,
        execution_routes,
        control_routes,
        dead_letter_routes,
        live_routes,
    ):
        router.include_router(routes(sources))

    @router.get("/openapi.json", include_in_schema=False)
    async def description() -> dict[str, Any]:
        return get_openapi(
            title="NovAlgo",
            version="1",
            summary="The numbers behind the page. Amounts are strings, times are in UTC",
            servers=[{"url": PREFIX}],
            routes=router.routes,
        )

    return router

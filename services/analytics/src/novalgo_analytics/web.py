"""The page and its numbers, over HTTP."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse

from novalgo_analytics.access import Access
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.equity_chart import HEIGHT, WIDTH, equity_chart
from novalgo_analytics.overview import Overview, overview
from novalgo_analytics.store import Store
from novalgo_analytics.summary import summary
from novalgo_analytics.templating import templates
from novalgo_common.clock import Clock

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def routes(store: Store, bookkeeper: Bookkeeper, access: Access, clock: Clock) -> APIRouter:
    router = APIRouter(dependencies=[Depends(access)])
    template = templates().get_template("overview.html")

    @router.get("/")
    async def page() -> HTMLResponse:
        shown = await overview(store, bookkeeper, clock())
        return HTMLResponse(template.render(_context(shown)), headers=HEADERS)

    @router.get("/api/v1/summary")
    async def numbers() -> JSONResponse:
        shown = await overview(store, bookkeeper, clock())
        body = summary(shown.figures, shown.signals_by_ending, shown.closed)
        return JSONResponse(body, headers=HEADERS)

    return router


def _context(shown: Overview) -> dict[str, Any]:
    account = shown.figures.account
    return {
        "shown": shown,
        "figures": shown.figures,
        "account": account,
        "change": account.equity - account.last_equity if account else None,
        "chart": equity_chart(shown.equity),
        "chart_size": (WIDTH, HEIGHT),
    }

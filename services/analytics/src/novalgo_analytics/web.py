"""The page and its numbers, over HTTP."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from novalgo_analytics import wording
from novalgo_analytics.access import Access
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.equity_chart import HEIGHT, WIDTH, equity_chart
from novalgo_analytics.overview import Overview, overview
from novalgo_analytics.store import Store
from novalgo_analytics.summary import summary
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
    template = _templates().get_template("overview.html")

    @router.get("/")
    async def page() -> HTMLResponse:
        shown = await overview(store, bookkeeper, clock())
        return HTMLResponse(template.render(_context(shown)), headers=HEADERS)

    @router.get("/api/v1/summary")
    async def numbers() -> JSONResponse:
        shown = await overview(store, bookkeeper, clock())
        return JSONResponse(summary(shown.figures, shown.signals_by_ending), headers=HEADERS)

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


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("novalgo_analytics"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter_ in (
        wording.dollars,
        wording.gain,
        wording.tone,
        wording.shares,
        wording.moment,
        wording.words,
    ):
        environment.filters[filter_.__name__] = filter_
    return environment

"""The files of the page: one HTML document for all views, one for the login, and what they load."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from novalgo_analytics.access import Access

FILES = Path(__file__).parent / "static"
VIEWS = ("", "signals", "books", "performance", "trades", "execution", "control")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
ALWAYS_ASKED = {"Cache-Control": "no-cache"}
"""A browser keeps the file, and asks each time whether it is still the one: an update shows."""


class Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(ALWAYS_ASKED)
        return response


def shell_routes(access: Access) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    async def view(request: Request) -> Response:
        if access.scope(request) is None:
            return RedirectResponse(f"/login?next={request.url.path}", 303)
        return FileResponse(FILES / "index.html", headers=HEADERS | ALWAYS_ASKED)

    for name in VIEWS:
        router.add_api_route(f"/{name}", view)

    @router.get("/login")
    async def login() -> Response:
        return FileResponse(FILES / "login.html", headers=HEADERS | ALWAYS_ASKED)

    return router

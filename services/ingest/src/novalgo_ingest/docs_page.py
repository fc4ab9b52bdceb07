"""The API's description, and a page that shows it, for those who switch it on."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response

from novalgo_ingest.answers import answer
from novalgo_ingest.openapi import document

PATH, PAGE = "/openapi.json", "/docs"
CONTENT_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; "
    "script-src 'unsafe-inline' https://cdn.jsdelivr.net; "
    "style-src 'unsafe-inline' https://cdn.jsdelivr.net; "
    "img-src data: https://fastapi.tiangolo.com"
)
"""The page takes Swagger's scripts from their usual host."""


def add_docs_page(app: FastAPI) -> None:
    async def description(_request: Request) -> Response:
        return answer(document())

    async def page(_request: Request) -> Response:
        return get_swagger_ui_html(openapi_url=PATH, title="NovAlgo ingest")

    app.add_route(PATH, description, methods=["GET"])
    app.add_route(PAGE, page, methods=["GET"])

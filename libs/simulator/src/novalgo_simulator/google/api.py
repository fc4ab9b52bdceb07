"""Google's HTTP surface as gspread uses it: the service account's token and the Sheets API v4."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qs

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from novalgo_simulator.google import structure, values
from novalgo_simulator.google.account import LIFETIME, InvalidGrantError
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.ranges import RangeError
from novalgo_simulator.google.sheets import SPREADSHEET_ID, SimulatedSheets

Json: TypeAlias = dict[str, Any]
JsonBody: TypeAlias = Annotated[dict[str, Any], Body()]
Ranges: TypeAlias = Annotated[list[str], Query(default_factory=list)]
RenderOption: TypeAlias = Annotated[str | None, Query(alias="valueRenderOption")]
InputOption: TypeAlias = Annotated[str | None, Query(alias="valueInputOption")]
Dimension: TypeAlias = Annotated[str | None, Query(alias="majorDimension")]

_IDENTIFIED = {"spreadsheetId": SPREADSHEET_ID}


def sheets_router(sheets: SimulatedSheets) -> APIRouter:
    """Return `POST /token` and the routes under `/v4/spreadsheets`."""
    api, router = _SheetsApi(sheets), APIRouter(route_class=_GoogleRoute)
    router.add_api_route("/token", api.token, methods=["POST"])
    book = "/v4/spreadsheets/{spreadsheet_id}"
    for method, path, endpoint in (
        ("GET", f"{book}/values:batchGet", api.batch_get),
        ("POST", f"{book}/values:batchUpdate", api.batch_update_values),
        ("POST", f"{book}/values:batchClear", api.batch_clear),
        ("POST", f"{book}/values/{{cells:path}}:append", api.append),
        ("POST", f"{book}/values/{{cells:path}}:clear", api.clear),
        ("GET", f"{book}/values/{{cells:path}}", api.get),
        ("PUT", f"{book}/values/{{cells:path}}", api.update),
        ("POST", f"{book}:batchUpdate", api.batch_update),
        ("GET", book, api.spreadsheet),
    ):
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            dependencies=[Depends(api.admit)],
            response_model=None,
        )
    return router


@dataclass(frozen=True)
class _SheetsApi:
    sheets: SimulatedSheets

    async def admit(self, request: Request, spreadsheet_id: str) -> None:
        await asyncio.sleep(self.sheets.faults.before_request())
        self.sheets.admit(request.method, spreadsheet_id, request.headers.get("authorization"))

    async def token(self, request: Request) -> Response:
        """Exchange a signed assertion for a bearer token (RFC 7523)."""
        form = parse_qs((await request.body()).decode("ascii", errors="replace"))
        try:
            self.sheets.account.verify(form.get("assertion", [""])[0], self.sheets.clock())
        except InvalidGrantError as error:
            refusal = {"error": "invalid_grant", "error_description": str(error)}
            return JSONResponse(refusal, status_code=400)
        return JSONResponse(
            {
                "access_token": self.sheets.tokens.issue(),
                "expires_in": int(LIFETIME.total_seconds()),
                "token_type": "Bearer",
            }
        )

    def spreadsheet(self) -> Json:
        tabs = self.sheets.workbook.read()
        return {
            **_IDENTIFIED,
            "properties": {"title": "NovAlgo (simulated)", "locale": "en_US"},
            "sheets": structure.properties(tabs),
            "namedRanges": structure.named_ranges(tabs),
        }

    def batch_update(self, body: JsonBody) -> Json:
        requests = body.get("requests") or []
        replies = self.sheets.change(lambda tabs: structure.batch_update(tabs, requests))
        return {**_IDENTIFIED, "replies": replies}

    def get(self, cells: str, option: RenderOption = None, dimension: Dimension = None) -> Json:
        return values.get(self.sheets.workbook.read(), cells, option, dimension)

    def batch_get(
        self, ranges: Ranges, option: RenderOption = None, dimension: Dimension = None
    ) -> Json:
        tabs = self.sheets.workbook.read()
        found = [values.get(tabs, cells, option, dimension) for cells in ranges]
        return {**_IDENTIFIED, "valueRanges": found}

    def update(self, cells: str, body: JsonBody, option: InputOption = None) -> Json:
        answer = self.sheets.change(lambda tabs: values.update(tabs, cells, body, option))
        return {**_IDENTIFIED, **answer}

    def batch_update_values(self, body: JsonBody) -> Json:
        answers = self.sheets.change(lambda tabs: values.batch_update(tabs, body))
        responses = [{**_IDENTIFIED, **answer} for answer in answers]
        return {**_IDENTIFIED, **values.totals(answers), "responses": responses}

    def append(self, cells: str, body: JsonBody, option: InputOption = None) -> Json:
        answer = self.sheets.change(lambda tabs: values.append(tabs, cells, body, option))
        return {**_IDENTIFIED, **answer, "updates": {**_IDENTIFIED, **answer["updates"]}}

    def clear(self, cells: str) -> Json:
        cleared = self.sheets.change(lambda tabs: values.clear(tabs, [cells]))
        return {**_IDENTIFIED, "clearedRange": cleared[0]}

    def batch_clear(self, body: JsonBody) -> Json:
        ranges = body.get("ranges") or []
        cleared = self.sheets.change(lambda tabs: values.clear(tabs, ranges))
        return {**_IDENTIFIED, "clearedRanges": cleared}


class _GoogleRoute(APIRoute):
    """Answers every refusal in Google's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except GoogleError as error:
                return error.answer()
            except RangeError as error:
                return GoogleError(400, str(error)).answer()
            except (RequestValidationError, KeyError, TypeError, AttributeError):
                return GoogleError(400, "Invalid JSON payload received.").answer()

        return answer

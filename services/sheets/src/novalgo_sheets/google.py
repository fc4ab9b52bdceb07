"""The owner's spreadsheet at Google, through gspread.

gspread blocks, so every request runs in the one thread that the session belongs to.  It is asked
once: when to try again is for the worker to decide.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gspread
from google.auth.credentials import AnonymousCredentials
from gspread.exceptions import APIError

from novalgo_sheets.google_errors import FAILURES, failed, passes_by_itself, refused
from novalgo_sheets.google_grid import as_grid, as_value_range
from novalgo_sheets.google_session import authorized_session
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Block, Grid, Reading, SheetAwayError

TIMEOUT = (3, 10)
"""Seconds to connect, and to wait for the answer."""
CONFIG, PERFORMANCE = "Config", "Performance"

T = TypeVar("T")


@dataclass(frozen=True)
class _Connection:
    """A client, and the ids of the spreadsheet's tabs by title."""

    client: Any
    tabs: Mapping[str, int]


class GoogleSheet:
    """A `Sheet`.  One read costs one request, or two when the connection is new."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="google")
        self._connection: _Connection | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> "AsyncIterator[GoogleSheet]":
        """Connect at the first request, so that Google may be away at the start."""
        sheet = cls(settings)
        try:
            yield sheet
        finally:
            # A request under way may take its timeout; nobody waits for it.
            sheet._thread.submit(sheet._disconnect)
            sheet._thread.shutdown(wait=False)

    async def read(self, *, with_performance: bool) -> Reading:
        titles = (CONFIG, PERFORMANCE) if with_performance else (CONFIG,)
        return await self._in_thread(lambda: self._read(titles))

    async def write(self, reading: Reading, blocks: Sequence[Block]) -> None:
        await self._in_thread(lambda: self._write(reading, blocks))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._asked, work)

    def _asked(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except APIError as error:
            if not passes_by_itself(error.response):
                self._disconnect()  # keys or tabs may have changed: begin anew next time
            raise refused(error.response) from error
        except FAILURES as error:
            self._disconnect()
            raise failed(error) from error

    def _read(self, titles: Sequence[str]) -> Reading:
        connection = self._connected()
        if CONFIG not in connection.tabs:
            self._disconnect()
            raise SheetAwayError("the spreadsheet has no tab named Config: rename or add it")
        if PERFORMANCE in titles and PERFORMANCE not in connection.tabs:
            connection = self._add_performance(connection)
        answer = connection.client.values_batch_get(
            self._settings.spreadsheet,
            [f"'{title}'" for title in titles],
            {"valueRenderOption": "UNFORMATTED_VALUE", "majorDimension": "ROWS"},
        )
        grids = [
            as_grid(title, found)
            for title, found in zip(titles, answer["valueRanges"], strict=True)
        ]
        return Reading(config=grids[0], performance=grids[1] if len(grids) > 1 else None)

    def _write(self, reading: Reading, blocks: Sequence[Block]) -> None:
        connection = self._connected()
        for grid in (reading.config, reading.performance):
            if grid is not None:
                self._enlarge(connection, grid, [b for b in blocks if b.title == grid.title])
        connection.client.values_batch_update(
            self._settings.spreadsheet,
            # RAW: no text of ours, or of a webhook, is ever taken for a formula.
            {"valueInputOption": "RAW", "data": [as_value_range(block) for block in blocks]},
        )

    def _enlarge(self, connection: _Connection, grid: Grid, blocks: Sequence[Block]) -> None:
        rows = max((block.row + len(block.values) for block in blocks), default=0)
        columns = max((block.column + len(block.values[0]) for block in blocks), default=0)
        missing = {"ROWS": rows - grid.rows, "COLUMNS": columns - grid.columns}
        tab = connection.tabs[grid.title]
        requests = [
            {"appendDimension": {"sheetId": tab, "dimension": dimension, "length": length}}
            for dimension, length in missing.items()
            if length > 0
        ]
        if requests:
            connection.client.batch_update(self._settings.spreadsheet, {"requests": requests})

    def _add_performance(self, connection: _Connection) -> _Connection:
        request = {"addSheet": {"properties": {"title": PERFORMANCE}}}
        connection.client.batch_update(self._settings.spreadsheet, {"requests": [request]})
        self._disconnect()
        return self._connected()

    def _connected(self) -> _Connection:
        if self._connection is None:
            client = gspread.http_client.HTTPClient(
                AnonymousCredentials(),  # type: ignore[no-untyped-call]  # the session signs
                authorized_session(self._account(), self._settings.base_url),
            )
            client.set_timeout(TIMEOUT)
            self._connection = _Connection(client, {})
            book = client.fetch_sheet_metadata(self._settings.spreadsheet)
            tabs = [sheet["properties"] for sheet in book["sheets"]]
            self._connection = _Connection(client, {tab["title"]: tab["sheetId"] for tab in tabs})
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.client.session.close()
            self._connection = None

    def _account(self) -> dict[str, Any]:
        given = self._settings.google_credentials
        if given is None:
            return self._simulated_account()
        text = given.get_secret_value()
        return _parsed(text if text.lstrip().startswith("{") else Path(text).read_text())

    def _simulated_account(self) -> dict[str, Any]:
        path = self._settings.simulated_credentials
        if not path.exists():
            raise SheetAwayError(f"the simulator has not made {path} yet: is it running?")
        # The simulator may be reached under another name than it calls itself.
        return _parsed(path.read_text()) | {"token_uri": f"{self._settings.base_url}/token"}


def _parsed(text: str) -> dict[str, Any]:
    account = json.loads(text)
    if not isinstance(account, dict):
        raise TypeError("the file holds no service account")
    return account

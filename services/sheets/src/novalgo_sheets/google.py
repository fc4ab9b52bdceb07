"""The owner's spreadsheet at Google, through gspread.

gspread blocks, so every request runs in the one thread that the session belongs to.  It is asked
once: when to try again is for the worker to decide.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

import gspread
from google.auth.credentials import AnonymousCredentials
from gspread.exceptions import APIError

from novalgo_sheets.google_anchors import (
    Named,
    anchor_requests,
    held_config,
    named_ranges,
    range_name,
    strip_range,
)
from novalgo_sheets.google_errors import FAILURES, failed, passes_by_itself, refused
from novalgo_sheets.google_grid import as_grid, as_value_range, first_column
from novalgo_sheets.google_session import authorized_session
from novalgo_sheets.google_tabs import Held, Tab, all_tabs, held_tabs, hold_requests, our_tabs
from novalgo_sheets.layout import CONFIG, Layout, requests
from novalgo_sheets.performance_tab import TITLE as PERFORMANCE
from novalgo_sheets.quota import Kind, Quota
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import (
    Anchor,
    Block,
    Grid,
    NoConfigTabError,
    Reading,
    SheetAwayError,
    Strip,
)
from novalgo_sheets.table import is_blank

TIMEOUT = (3, 10)
"""Seconds to connect, and to wait for the answer."""
LOOK_EVERY = 60.0
"""Seconds between two looks at which tabs there are."""
_LOOK = "sheets.properties(sheetId,title,gridProperties(rowCount,columnCount)),namedRanges"

T = TypeVar("T")


class _CountingClient(gspread.http_client.HTTPClient):
    """Asks before each request; who is asked may raise."""

    def __init__(self, session: Any, ask: Callable[[str], None]) -> None:
        super().__init__(AnonymousCredentials(), session)  # type: ignore[no-untyped-call]  # the session signs
        self._ask = ask
        self.dated: str | None = None
        """The date of the newest answer."""

    def request(self, method: str, *args: Any, **options: Any) -> Any:
        self._ask(method)
        response = super().request(method, *args, **options)
        self.dated = response.headers.get("Date")
        return response


@dataclass(frozen=True)
class _Connection:
    """A client, and what the spreadsheet was last seen to be made of."""

    client: Any
    seen_at: float
    titles: Sequence[str] = ()
    """Of every tab."""
    tabs: Mapping[str, Tab] = field(default_factory=dict)
    """Ours that are there, by our title."""
    held: Mapping[str, Held] = field(default_factory=dict)
    named: Named = field(default_factory=Named)

    def may_add(self, title: str) -> bool:
        """Say whether there is neither a tab of ours under this title, nor another tab."""
        taken = (each.strip().lower() for each in self.titles)
        return title not in self.tabs and title.lower() not in taken


class GoogleSheet:
    """A `Sheet`.  One read costs one request, or two once a minute and when it is the first."""

    def __init__(
        self, settings: Settings, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="google")
        self._connection: _Connection | None = None
        self.quota = Quota()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> "AsyncIterator[GoogleSheet]":
        """Connect at the first request, so that Google may be away at the start."""
        sheet = cls(settings)
        try:
            yield sheet
        finally:
            await sheet.close()

    async def close(self) -> None:
        """Let the thread end; a request under way may take its timeout, nobody waits for it."""
        self._thread.submit(self._disconnect)
        self._thread.shutdown(wait=False)

    async def read(self, wanted: Collection[str]) -> Reading:
        return await self._in_thread(lambda: self._read(wanted))

    async def anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        await self._in_thread(lambda: self._anchor(reading, anchors))

    async def write(
        self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        await self._in_thread(lambda: self._write(reading, strips, blocks))

    async def lay_out(self, layouts: Sequence[Layout]) -> list[str]:
        """Make the tabs that are missing or empty, all or none; return the titles of those made."""
        return await self._in_thread(lambda: self._lay_out(layouts))

    async def titles(self) -> list[str]:
        """Return the titles of the spreadsheet's tabs."""
        connection = await self._in_thread(self._connected)
        return list(connection.titles)

    @property
    def server_time(self) -> datetime | None:
        """Return Google's clock at its newest answer."""
        dated = self._connection.client.dated if self._connection else None
        return parsedate_to_datetime(dated) if dated else None

    def quota_left(self, kind: Kind) -> int:
        """Return how many requests of a kind this minute still has."""
        return self.quota.left(kind, self._seconds())

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

    def _read(self, wanted: Collection[str]) -> Reading:
        connection = self._fresh()
        if PERFORMANCE in wanted and connection.may_add(PERFORMANCE):
            connection = self._add_performance(connection)
        titles = [CONFIG, *(title for title in wanted if title in connection.tabs)]
        anchors = connection.named.sound
        answer = connection.client.values_batch_get(
            self._settings.spreadsheet,
            [*(_quoted(connection, title) for title in titles), *map(range_name, anchors)],
            {"valueRenderOption": "UNFORMATTED_VALUE", "majorDimension": "ROWS"},
        )
        found = answer["valueRanges"]
        config, *others = map(as_grid, titles, found)
        columns = zip(anchors, map(first_column, found[len(titles) :]), strict=True)
        return Reading(
            config=config,
            anchors=dict(columns),
            others={grid.title: grid for grid in others},
        )

    def _anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        connection = self._connected()
        tab = _config(connection)
        requests = anchor_requests(anchors, connection.named, tab.id, reading.config.columns)
        connection.client.batch_update(self._settings.spreadsheet, {"requests": requests})
        self._disconnect()  # to see the named ranges as they now are

    def _write(self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]) -> None:
        self._hold({block.title for block in blocks})
        connection = self._connected()
        for grid in reading.others.values():
            self._enlarge(connection, grid, [b for b in blocks if b.title == grid.title])
        tabs = connection.tabs
        data = [
            *map(strip_range, strips),
            *(as_value_range(block, tabs[block.title].title) for block in blocks),
        ]
        connection.client.values_batch_update(
            self._settings.spreadsheet,
            # RAW: no text of ours, or of a webhook, is ever taken for a formula.
            {"valueInputOption": "RAW", "data": data},
        )

    def _hold(self, titles: Collection[str]) -> None:
        """Take hold of the tabs that are ours, to find them again under another title."""
        connection = self._connected()
        wanted = list(hold_requests(titles, connection.tabs, connection.held))
        if wanted:
            connection.client.batch_update(self._settings.spreadsheet, {"requests": wanted})
            self._connection = self._look(connection.client)

    def _lay_out(self, layouts: Sequence[Layout]) -> list[str]:
        connection = self._connected()
        made = [layout for layout in layouts if self._is_free(connection, layout.title)]
        wanted: list[dict[str, Any]] = []
        for layout in made:
            found = connection.tabs.get(layout.title)
            wanted += requests(layout, found.id if found else None)
        if wanted:
            connection.client.batch_update(self._settings.spreadsheet, {"requests": wanted})
            self._disconnect()
        return [layout.title for layout in made]

    def _is_free(self, connection: _Connection, title: str) -> bool:
        if title not in connection.tabs:
            return True
        found = connection.client.values_get(self._settings.spreadsheet, _quoted(connection, title))
        return is_blank(found.get("values", []))

    def _enlarge(self, connection: _Connection, grid: Grid, blocks: Sequence[Block]) -> None:
        rows = max((block.row + len(block.values) for block in blocks), default=0)
        columns = max((block.column + len(block.values[0]) for block in blocks), default=0)
        missing = {"ROWS": rows - grid.rows, "COLUMNS": columns - grid.columns}
        found = connection.tabs.get(grid.title)
        requests = [
            {"appendDimension": {"sheetId": found.id, "dimension": dimension, "length": length}}
            for dimension, length in missing.items()
            if length > 0 and found is not None
        ]
        if requests:
            connection.client.batch_update(self._settings.spreadsheet, {"requests": requests})

    def _add_performance(self, connection: _Connection) -> _Connection:
        request = {"addSheet": {"properties": {"title": PERFORMANCE}}}
        connection.client.batch_update(self._settings.spreadsheet, {"requests": [request]})
        self._disconnect()
        return self._connected()

    def _fresh(self) -> _Connection:
        """Return a connection that has seen the tabs within the last minute."""
        connection = self._connected()
        is_old = self._seconds() - connection.seen_at >= LOOK_EVERY
        if is_old or CONFIG not in connection.tabs:
            connection = self._connection = self._look(connection.client)
        _config(connection)
        return connection

    def _connected(self) -> _Connection:
        if self._connection is None:
            session = authorized_session(self._account(), self._settings.base_url)
            client = _CountingClient(session, self._count)
            client.set_timeout(TIMEOUT)
            self._connection = _Connection(client, self._seconds())
            self._connection = self._look(client)
        return self._connection

    def _look(self, client: Any) -> _Connection:
        book = client.fetch_sheet_metadata(self._settings.spreadsheet, {"fields": _LOOK})
        tabs, held, config = all_tabs(book), held_tabs(book), held_config(book)
        ours = our_tabs(tabs, held, config)
        return _Connection(
            client,
            self._seconds(),
            titles=[tab.title for tab in tabs],
            tabs=ours,
            held=held,
            named=named_ranges(book, ours[CONFIG].id if CONFIG in ours else None),
        )

    def _count(self, method: str) -> None:
        wait = self.quota.take("read" if method == "get" else "write", self._seconds())
        if wait > 0:
            raise SheetAwayError("our own share of Google's quota is used up", retry_after=wait)

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


def _config(connection: _Connection) -> Tab:
    found = connection.tabs.get(CONFIG)
    if found is None:
        raise NoConfigTabError(
            "no tab is named Config: rename it back, or run `novalgo sheet init`"
        )
    return found


def _quoted(connection: _Connection, title: str) -> str:
    return "'" + connection.tabs[title].title.replace("'", "''") + "'"


def _parsed(text: str) -> dict[str, Any]:
    account = json.loads(text)
    if not isinstance(account, dict):
        raise TypeError("the file holds no service account")
    return account

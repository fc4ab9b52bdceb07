"""Reports, exports, the journal and its rebuild, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import Response, StreamingResponse

from novalgo_analytics.access import Access
from novalgo_analytics.exports.csv_file import csv_file
from novalgo_analytics.exports.csv_files import CsvArchive
from novalgo_analytics.exports.parquet_file import parquet_file
from novalgo_analytics.exports.tables import COLUMNS, Name, RowsOf
from novalgo_analytics.notifications.trial import Trial
from novalgo_analytics.rebuilder import Rebuilder
from novalgo_analytics.reports.bundle import bundle
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.period import Period, of_day, of_days, of_week
from novalgo_analytics.store import Store
from novalgo_common.clock import Clock
from novalgo_common.credentials import Credential
from novalgo_common.errors import SettingsError
from novalgo_common.events import TrialRequested
from novalgo_common.exchange_days import day_of, last_session
from novalgo_common.wire import encode

LINES = "application/x-ndjson"
Days = Annotated[int | None, Query(ge=1, le=36_525, description="The days up to today.")]


class Kind(StrEnum):
    DAY = "day"
    WEEK = "week"


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


def api_routes(
    store: Store,
    gatherer: Gatherer,
    rebuilder: Rebuilder,
    trial: Trial,
    *,
    access: Access,
    clock: Clock,
    new_id: Callable[[], UUID],
) -> APIRouter:
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(access)])

    async def period(days: Days = None, kind: Kind = Kind.DAY) -> Period:
        if days is not None:
            return of_days(days, day_of(clock()))
        closed = last_session(clock()).day
        return of_week(closed) if kind is Kind.WEEK else of_day(closed)

    @router.get("/report")
    async def report(about: Annotated[Period, Depends(period)]) -> Response:
        buffer = BytesIO()
        with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
            made = await gatherer.report(about, CsvArchive(archive))
            written = await asyncio.to_thread(bundle, made)
            for name, content in written.files().items():
                archive.writestr(name, content)
        return Response(buffer.getvalue(), media_type="application/zip")

    @router.get("/report.html")
    async def report_page(about: Annotated[Period, Depends(period)]) -> Response:
        made = await gatherer.report(about, RowsOf(None))
        written = await asyncio.to_thread(bundle, made)
        return Response(written.html, media_type="text/html; charset=utf-8")

    @router.get("/tables/{name}.{form}")
    async def table(name: str, form: Format, about: Annotated[Period, Depends(period)]) -> Response:
        if name not in COLUMNS:
            raise HTTPException(404, f"There is no table of that name: {', '.join(COLUMNS)}")
        wanted = Name(name)
        found, columns = RowsOf(wanted), COLUMNS[wanted]
        await gatherer.report(about, found)
        if form is Format.CSV:
            content = await asyncio.to_thread(csv_file, columns, found.rows)
            return Response(content, media_type="text/csv; charset=utf-8")
        try:
            content = await asyncio.to_thread(parquet_file, columns, found.rows)
        except SettingsError as error:
            raise HTTPException(501, str(error)) from None
        return Response(content, media_type="application/vnd.apache.parquet")

    @router.get("/journal")
    async def journal(after: int = 0, event_type: str | None = None) -> StreamingResponse:
        return StreamingResponse(_journal(store, after, event_type), media_type=LINES)

    @router.post("/rebuild", dependencies=[Depends(access.controller)])
    async def rebuild(*, replace: bool = False) -> StreamingResponse:
        return StreamingResponse(_rebuild(rebuilder, replace=replace), media_type=LINES)

    @router.get("/alerts")
    async def channels() -> dict[str, object]:
        return {"channels": trial.listed()}

    @router.post("/alerts/test")
    async def test_alerts(
        holder: Annotated[Credential, Depends(access.controller)],
    ) -> dict[str, object]:
        """Send a message over every channel.  The journal keeps that, with the key's name."""
        await store.order(_requested(new_id(), clock(), holder))
        return await trial.run()

    return router


def _requested(request_id: UUID, now: datetime, holder: Credential) -> TrialRequested:
    return TrialRequested(
        event_id=request_id,
        correlation_id=request_id,
        occurred_at=now,
        reason=f"ordered by a person (key {holder.name})",
    )


async def _journal(store: Store, after: int, event_type: str | None) -> AsyncIterator[bytes]:
    """Yield a line for each event, with its position beside it, page by page."""
    while page := await store.page(after, event_type):
        lines = (b'{"position":%d,"event":%s}\n' % (at, encode(event)) for at, event in page)
        yield b"".join(lines)
        after = page[-1][0]


async def _rebuild(rebuilder: Rebuilder, *, replace: bool) -> AsyncIterator[bytes]:
    """Yield a line for each step of the way, and at the end the comparison."""
    loop, told = asyncio.get_running_loop(), asyncio.Queue[dict[str, Any] | None]()

    def tell(done: int, of: int) -> None:
        loop.call_soon_threadsafe(told.put_nowait, {"done": done, "of": of})

    async def work() -> None:
        try:
            if replace:
                await rebuilder.replace(tell)
            told.put_nowait({"compared": asdict(await rebuilder.compare(tell))})
        except Exception as error:
            told.put_nowait({"error": str(error)})
            raise
        finally:
            told.put_nowait(None)

    working = asyncio.create_task(work())
    while (line := await told.get()) is not None:
        yield json.dumps(line).encode() + b"\n"
    await working

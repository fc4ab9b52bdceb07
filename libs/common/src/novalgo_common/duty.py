"""One service of this process: on duty, or in standby while another process has its store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import structlog
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import LostError, SettingsError, TakenError, UnavailableError
from novalgo_common.ops import Readiness, ops_app
from novalgo_common.service import Service
from novalgo_common.settings import Settings

log = structlog.get_logger()

PAUSE = 0.5
"""Seconds between two looks whether the store is free."""
METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


class Duty:
    """Keeps a service open.  It is the ASGI application too: the service's, or standby's."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        connect: Callable[[Service], AbstractAsyncContextManager[Bus]],
        clock: Clock,
        *,
        may_stand_by: bool,
    ) -> None:
        self._service = service
        self._settings = settings
        self._connect = connect
        self._clock = clock
        self._may_stand_by = may_stand_by
        self._waits_for: str | None = None
        self._stopping = asyncio.Event()
        self._settled = asyncio.Event()
        self._application: ASGIApp = self._standby()

    @asynccontextmanager
    async def begun(self) -> "AsyncIterator[asyncio.Task[None]]":
        """Open the service, or stand by; close it at the end.

        Yields the task that keeps it so, which ends early only where the process must not go on.
        """
        task = asyncio.create_task(self._keep(), name=f"duty {self._service.name}")
        settled = asyncio.create_task(self._settled.wait())
        try:
            await asyncio.wait({task, settled}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                yield task
        finally:
            settled.cancel()
            self._stopping.set()
            await task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                # Once for all attempts: in standby nothing is subscribed to yet.
                async with self._connect(self._service) as bus:
                    await self._take_turns(bus)
            except LostError as error:
                if not self._may_stand_by:
                    raise
                self._wait_for(str(error))

    async def _take_turns(self, bus: Bus) -> None:
        while not self._stopping.is_set():
            try:
                async with self._service.open(self._settings, bus, self._clock) as application:
                    log.info("service.on_duty", service=self._service.name)
                    self._settle(application, None)
                    await self._stopping.wait()
            except TakenError as error:
                if not self._may_stand_by:
                    raise
                self._wait_for(error.holder)
                await self._pause()
            except (SettingsError, UnavailableError) as error:
                if self._waits_for is None:
                    raise
                self._wait_for(str(error))
                await self._pause()

    def _wait_for(self, reason: str) -> None:
        if self._waits_for != reason:
            log.warning("service.stands_by", service=self._service.name, reason=reason)
        self._settle(self._standby(), reason)

    def _settle(self, application: ASGIApp, waits_for: str | None) -> None:
        self._application, self._waits_for = application, waits_for
        self._settled.set()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await self._stopping.wait()

    def _standby(self) -> FastAPI:
        """Return what a service answers that has not opened its store."""
        readiness = Readiness(
            standby=lambda: f"{self._waits_for}: this one takes over when it ends"
        )
        application = ops_app(
            self._service.name,
            readiness,
            CollectorRegistry(),
            port=getattr(self._settings, self._service.port_setting),
            clock=self._clock,
            details=lambda: {"status": "standby"},
        )

        @application.api_route("/{path:path}", methods=METHODS)
        async def elsewhere(path: str) -> Response:
            return JSONResponse({"error": "this one is in standby"}, status_code=503)

        return application

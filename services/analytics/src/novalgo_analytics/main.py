"""Analytics: journals every event, and tells what was earned."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from novalgo_analytics.access import Access
from novalgo_analytics.api import api_routes
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.journal import Journal
from novalgo_analytics.metrics import Metrics
from novalgo_analytics.rebuilder import Rebuilder
from novalgo_analytics.reporter import Reporter
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_analytics.web import routes
from novalgo_common.background import Background
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.metrics import OutboxWatch
from novalgo_common.ops import Readiness, ops_app
from novalgo_common.relay import Relay
from novalgo_common.service import Service
from novalgo_common.store import Database
from novalgo_common.topology import ANALYTICS_JOURNAL


@asynccontextmanager
async def open_service(settings: Settings, bus: Bus, clock: Clock) -> AsyncIterator[FastAPI]:
    async with Database.open(settings, "analytics") as database, Background.open() as background:
        metrics, readiness = Metrics(), Readiness()
        store = Store(database, clock)
        bookkeeper = Bookkeeper(store)
        relay = Relay(store.outbox, bus)
        reporter = Reporter(store, bookkeeper, metrics, clock)
        readiness.add("store", database.problem)
        readiness.add("bus", lambda: "; ".join(bus.problems()) or None)
        readiness.add("outbox", relay.problem)
        readiness.add("work", background.problem)
        database.on_commit(relay.wake)
        database.on_commit(reporter.wake)
        app = ops_app(
            "analytics", readiness, metrics.registry, port=settings.analytics_port, clock=clock
        )
        access = Access.from_settings(settings)
        gatherer = Gatherer(store, bookkeeper, bus, clock, settings.benchmark)
        app.include_router(routes(store, bookkeeper, access, clock))
        app.include_router(api_routes(store, gatherer, Rebuilder(store, bookkeeper), access, clock))
        app.add_exception_handler(UnavailableError, _unavailable)
        await bookkeeper.ledgers()  # a start and a restart take this same path
        await bus.subscribe(ANALYTICS_JOURNAL, Journal(store, metrics))
        background.run("relay", relay.run)
        background.run("outbox", OutboxWatch(store.outbox, metrics.registry, clock).run)
        background.run("performance", reporter.run)
        yield app


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=503)


SERVICE = Service("analytics", Settings, "analytics_port", open_service)

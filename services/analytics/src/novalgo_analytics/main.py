"""Analytics: journals every event, and tells what was earned."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from novalgo_analytics.access import Access
from novalgo_analytics.api import api_routes
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.journal import Journal
from novalgo_analytics.metrics import Metrics
from novalgo_analytics.notifications.channel import channels
from novalgo_analytics.notifications.notifier import LogChannel, Notifier, Telling
from novalgo_analytics.notifications.rules_file import read_rules
from novalgo_analytics.notifications.trial import Trial
from novalgo_analytics.page.alert import Alerts
from novalgo_analytics.page.feed import Feed
from novalgo_analytics.page.neighbours import Neighbours
from novalgo_analytics.page.page import add_page
from novalgo_analytics.page.sources import Sources
from novalgo_analytics.rebuilder import Rebuilder
from novalgo_analytics.reporter import Reporter
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.postman import Postman
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.background import Background
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.errors import UnavailableError
from novalgo_common.metrics import OutboxWatch
from novalgo_common.ops import Readiness, one_check, ops_app
from novalgo_common.relay import Relay
from novalgo_common.service import Service
from novalgo_common.store import Database
from novalgo_common.topology import ANALYTICS_JOURNAL


@asynccontextmanager
async def open_service(settings: Settings, bus: Bus, clock: Clock) -> AsyncIterator[FastAPI]:
    async with Database.open(settings, "analytics") as database, Background.open() as background:
        metrics = Metrics()
        store = Store(database, clock)
        bookkeeper = Bookkeeper(store)
        relay = Relay(store.outbox, bus)
        reporter = Reporter(store, bookkeeper, metrics, clock)
        feed = Feed(store)
        neighbours = Neighbours(settings.neighbours, clock, feed.notice, lambda: feed.listeners > 0)
        readiness = Readiness(
            store=database.problem,
            bus=one_check(bus.problems),
            outbox=relay.problem,
            background=background.problem,
        )
        database.on_commit(relay.committed)
        database.on_commit(reporter.wake)
        database.on_commit(feed.wake)
        app = ops_app(
            "analytics", readiness, metrics.registry, port=settings.analytics_port, clock=clock
        )
        access = Access.from_settings(settings, clock)
        rules, told = read_rules(settings.rules_path), await _channels(settings)
        notifier = Notifier(store, rules, told, metrics, clock)
        sources = Sources(
            store=store,
            bookkeeper=bookkeeper,
            feed=feed,
            neighbours=neighbours,
            alerts=Alerts(settings.neighbours["ingest"], lambda: settings.own_key),
            bus=bus,
            readiness=readiness,
            access=access,
            channels=[each.name for each in told] if settings.notify_urls else [],
            dead_channels=notifier.dead_channels,
            benchmark=settings.benchmark,
            clock=clock,
            new_id=uuid.uuid4,
        )
        add_page(app, sources)
        gatherer = Gatherer(store, bookkeeper, bus, clock, settings.benchmark)
        app.include_router(
            api_routes(
                store,
                gatherer,
                Rebuilder(store, bookkeeper),
                Trial(told, settings.rules_path),
                access=access,
                clock=clock,
                new_id=uuid.uuid4,
            )
        )
        database.on_commit(notifier.wake)
        app.add_exception_handler(UnavailableError, _unavailable)
        await bookkeeper.ledgers()  # a start and a restart take this same path
        await feed.start()
        await bus.subscribe(ANALYTICS_JOURNAL, Journal(store, metrics))
        background.run("relay", relay.run)
        background.run("outbox", OutboxWatch(store.outbox, metrics.registry, clock).run)
        background.run("performance", reporter.run)
        background.run("feed", feed.run)
        background.run("neighbours", neighbours.run)
        await notifier.start(background)
        if settings.reports:
            folder = settings.data_dir / "reports"
            background.run("reports", Postman(store, gatherer, rules, folder, clock).run)
        yield app


async def _channels(settings: Settings) -> Sequence[Telling]:
    addresses = [address.get_secret_value() for address in settings.notify_urls]
    return await asyncio.to_thread(channels, addresses) if addresses else [LogChannel()]


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=503)


SERVICE = Service("analytics", Settings, "analytics_port", open_service)

"""Sheets: the only service that talks to Google."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from novalgo_common.background import Background
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.events import AccountSnapshotTaken, ConfigRequested
from novalgo_common.metrics import OutboxWatch
from novalgo_common.ops import Readiness, one_check, ops_app
from novalgo_common.relay import Relay
from novalgo_common.service import Service
from novalgo_common.store import Database
from novalgo_common.topology import SHEETS_UPDATES
from novalgo_sheets.google import GoogleSheet
from novalgo_sheets.handler import ConfigResponder, UpdateHandler
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.settings import Settings
from novalgo_sheets.store import Store
from novalgo_sheets.worker import SheetWorker


@asynccontextmanager
async def open_service(settings: Settings, bus: Bus, clock: Clock) -> AsyncIterator[FastAPI]:
    metrics = Metrics()
    async with (
        Database.open(settings, "sheets") as database,
        GoogleSheet.open(settings) as sheet,
        Background.open() as background,
    ):
        store = Store(database, clock)
        worker = SheetWorker(sheet, store, metrics, clock, settings.guards)
        relay = Relay(store.outbox, bus)
        database.on_commit(relay.committed)
        await bus.respond(ConfigRequested, ConfigResponder(store, worker.read_at))
        await bus.follow(AccountSnapshotTaken, worker.follow_account)
        await bus.subscribe(SHEETS_UPDATES, UpdateHandler(store, worker.wake))
        background.run("relay", relay.run)
        background.run("outbox", OutboxWatch(store.outbox, metrics.registry, clock).run)
        background.run("sheet", worker.run)
        metrics.quota_left.labels("read").set_function(lambda: sheet.quota_left("read"))
        metrics.quota_left.labels("write").set_function(lambda: sheet.quota_left("write"))
        readiness = Readiness(
            store=database.problem,
            bus=one_check(bus.problems),
            outbox=relay.problem,
            sheet=worker.problem,
            background=background.problem,
        )
        yield ops_app("sheets", readiness, metrics.registry, port=settings.sheets_port, clock=clock)


SERVICE = Service(name="sheets", settings=Settings, port_setting="sheets_port", open=open_service)

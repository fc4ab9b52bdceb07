"""Executor: turns signals into orders at Alpaca."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from novalgo_common.background import Background
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.credentials import API_KEY
from novalgo_common.events import BarsRequested, ConfigChanged, PositionsRequested, PreviewRequested
from novalgo_common.keyring import given_or_kept
from novalgo_common.metrics import OutboxWatch
from novalgo_common.ops import Readiness, one_check, ops_app
from novalgo_common.relay import Relay
from novalgo_common.service import Service
from novalgo_common.store import Database
from novalgo_common.topology import EXECUTOR_CONTROLS, EXECUTOR_SIGNALS
from novalgo_executor.ages import Ages, elapsed
from novalgo_executor.alarms import Alarms
from novalgo_executor.alpaca import AlpacaBroker
from novalgo_executor.cashier import Cashier
from novalgo_executor.control import Control, control_router
from novalgo_executor.desk import Desk
from novalgo_executor.handler import Handler
from novalgo_executor.historian import Historian
from novalgo_executor.market import Market
from novalgo_executor.metrics import Metrics
from novalgo_executor.order_poll import OrderPoll
from novalgo_executor.preview import Preview
from novalgo_executor.reconciler import Reconciler
from novalgo_executor.settings import Settings
from novalgo_executor.store import Store
from novalgo_executor.symbol_workers import SymbolWorkers
from novalgo_executor.watchdog import Watchdog


@asynccontextmanager
async def open_service(settings: Settings, bus: Bus, clock: Clock) -> AsyncIterator[FastAPI]:
    """Run executor while the context is open; nothing trades until it has reconciled."""
    metrics = Metrics()
    async with (
        Database.open(settings, "executor") as database,
        AlpacaBroker.connect(settings, clock, elapsed, database.is_ours, metrics) as broker,
        Background.open() as background,
    ):
        store = Store(database, clock)
        config = ConfigCopy(store, clock, uuid.uuid4)
        alarms = Alarms(store=store, clock=clock, new_id=uuid.uuid4)
        market = Market(broker, clock)
        ages = Ages(clock, elapsed)
        poll = OrderPoll(store, broker, ages, settings.rules.grace)
        cashier = Cashier(store=store, book=broker, clock=clock)
        reconciler = Reconciler(
            store=store,
            broker=broker,
            poll=poll,
            config=config,
            metrics=metrics,
            alarms=alarms,
            clock=clock,
            elapsed=elapsed,
            ages=ages,
            new_id=uuid.uuid4,
            limits=settings.rules.limits,
            look_at_cash=cashier.look,
            interval=float(settings.reconcile_seconds),
            expected_account=settings.alpaca_account,
        )
        desk = Desk(
            store=store,
            broker=broker,
            market=market,
            config=config,
            poll=poll,
            reconciler=reconciler,
            ages=ages,
            rules=settings.rules,
            metrics=metrics,
            clock=clock,
        )
        workers = SymbolWorkers(store, desk)
        control = Control(store=store, workers=workers, clock=clock)
        handler = Handler(
            store=store,
            broker=broker,
            desk=desk,
            reconciler=reconciler,
            workers=workers,
            metrics=metrics,
            clock=clock,
        )
        config.on_change(reconciler.want)
        config.on_change(market.look_at_rows)
        reconciler.on_agreement(workers.open)
        relay = Relay(store.outbox, bus)
        database.on_commit(relay.committed)

        metrics.watch_config(lambda: config.changed_at)
        await config.load()
        await bus.follow(ConfigChanged, config.take)
        await bus.respond(PositionsRequested, handler.report_positions)
        await bus.respond(BarsRequested, Historian(broker, clock).report_bars)
        await bus.respond(PreviewRequested, Preview(desk, clock).report)
        await bus.subscribe(EXECUTOR_SIGNALS, handler.take_signal)
        await bus.subscribe(EXECUTOR_CONTROLS, control.take)
        background.run("relay", relay.run)
        background.run("outbox", OutboxWatch(store.outbox, metrics.registry, clock).run)
        background.run("reconciler", reconciler.run)
        background.run("stream", handler.follow_stream)
        background.run("config", lambda: config.keep_fresh(bus))
        background.run("assets", lambda: market.keep_assets(config))
        watchdog = Watchdog(store=store, market=market, alarms=alarms, clock=clock)
        background.run("watchdog", watchdog.run)
        background.run("cashier", cashier.run)

        readiness = Readiness(
            reconciled=reconciler.problem,
            store=database.problem,
            outbox=relay.problem,
            bus=one_check(bus.problems),
            background=background.problem,
        )
        app = ops_app(
            "executor", readiness, metrics.registry, port=settings.executor_port, clock=clock
        )
        keys = given_or_kept(settings.api_keys, settings.data_dir, API_KEY)
        app.include_router(control_router(control, keys, clock, uuid.uuid4))
        try:
            yield app
        finally:
            await workers.close()
            await poll.close()
            await market.close()


SERVICE = Service("executor", Settings, "executor_port", open_service)

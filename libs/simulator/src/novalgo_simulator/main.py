"""The simulator: Alpaca's (and Google's) wire protocols on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from functools import partial
from uuid import uuid4

from fastapi import FastAPI

from novalgo_common.clock import Clock, utc_now
from novalgo_simulator.api.account import account_router
from novalgo_simulator.api.activities import activities_router
from novalgo_simulator.api.control import control_router
from novalgo_simulator.api.data import data_router
from novalgo_simulator.api.door import Door, Keys
from novalgo_simulator.api.events import events_router
from novalgo_simulator.api.faults import faults_router
from novalgo_simulator.api.history import history_router
from novalgo_simulator.api.market import market_router
from novalgo_simulator.api.orders import orders_router
from novalgo_simulator.api.positions import positions_router
from novalgo_simulator.api.request_counts import RequestCounts
from novalgo_simulator.api.stream import stream_router
from novalgo_simulator.broker.actions import carry_out
from novalgo_simulator.broker.agenda import Agenda
from novalgo_simulator.broker.hub import Hub
from novalgo_simulator.broker.ledger import Ledger
from novalgo_simulator.broker.matching import match_orders
from novalgo_simulator.broker.store import Store, open_store
from novalgo_simulator.broker.venue import Venue, opened_tape
from novalgo_simulator.faults import Faults, Script, ScriptedFaults
from novalgo_simulator.faults.file import follow_script
from novalgo_simulator.google.api import sheets_router
from novalgo_simulator.google.sheets import SimulatedSheets
from novalgo_simulator.market.prices import Prices, RandomWalk, RecordedPrices
from novalgo_simulator.market.session import AlwaysOpen, Session
from novalgo_simulator.settings import SimulatorSettings

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_simulator(
    settings: SimulatorSettings, clock: Clock = utc_now, faults: Faults | None = None
) -> AsyncIterator[FastAPI]:
    """Yield the app, with its market running; serve it with uvicorn in the same event loop.

    The account is kept in `DATA_DIR/simulator.sqlite` and goes on where it was left.
    """
    faults = faults or ScriptedFaults(seed=settings.simulator_seed)
    with open_store(settings.data_dir / "simulator.sqlite") as store:
        venue = open_venue(settings, store, clock, faults)
        async with _running(match_orders(venue, step_seconds=settings.simulator_step)):
            if not isinstance(faults, ScriptedFaults):
                yield _app(settings, venue, faults, clock)
                return
            take = partial(_take, faults, venue)
            async with _running(follow_script(settings.simulator_faults, take)):
                app = _app(settings, venue, faults, clock)
                app.include_router(faults_router(take))
                yield app


def open_venue(settings: SimulatorSettings, store: Store, clock: Clock, faults: Faults) -> Venue:
    """Return the account as it was left; its open orders are worked at the first step."""
    facts = store.facts()
    cash = facts.get("starting_cash")
    venue = Venue(
        ledger=Ledger(settings.simulator_cash if cash is None else Decimal(cash)),
        store=store,
        prices=_prices(settings),
        session=_session(settings),
        tape=opened_tape(
            facts.get("tape"), at=faults.on_clock(clock()), step_seconds=settings.simulator_step
        ),
        agenda=Agenda(),
        hub=Hub(faults),
        clock=lambda: faults.on_clock(clock()),
        new_id=uuid4,
        faults=faults,
        seed=settings.simulator_seed,
        partial_fills=settings.simulator_partial_fills,
        fill_latency=settings.simulator_fill_latency,
        orders_posted=int(facts.get("orders_posted", 0)),
    )
    store.save_facts({"starting_cash": str(venue.ledger.starting_cash)})
    venue.change_tape(venue.tape)
    for order in store.orders():
        venue.ledger.apply_order(order)
    for movement in store.movements():
        venue.ledger.apply_movement(movement)
    for activity in store.cash_activities():
        venue.ledger.apply_cash(activity)
    return venue


def _take(faults: ScriptedFaults, venue: Venue, script: Script) -> None:
    faults.take(script)
    carry_out(script.actions, venue)


@asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.critical("the simulated market has stopped", exc_info=task.exception())


def _prices(settings: SimulatorSettings) -> Prices:
    walk = RandomWalk(settings.simulator_seed)
    path = settings.simulator_prices
    return walk if path is None else RecordedPrices.read(path, walk)


def _session(settings: SimulatorSettings) -> Session:
    if settings.simulator_session == "always":
        return AlwaysOpen()
    # It brings pandas with it: two seconds that only who asks for New York's hours pays.
    from novalgo_simulator.market.new_york import NewYorkHours  # noqa: PLC0415

    return NewYorkHours()


async def _health() -> dict[str, str]:
    return {"status": "healthy", "service": "simulator"}


def _app(settings: SimulatorSettings, venue: Venue, faults: Faults, clock: Clock) -> FastAPI:
    keys = Keys(key_id=settings.simulator_key_id, secret_key=settings.simulator_secret_key)
    requests = RequestCounts()
    app = FastAPI(title="Simulated Alpaca", docs_url=None, redoc_url=None, openapi_url=None)
    for router in (
        orders_router(venue),
        positions_router(venue),
        account_router(venue),
        activities_router(venue),
        events_router(venue),
        history_router(venue),
        market_router(venue),
        data_router(venue),
        control_router(venue, requests),
        stream_router(venue.hub, keys, settings.simulator_frames, faults),
    ):
        app.include_router(router)
    for path in ("/health", "/ready"):
        app.add_api_route(path, _health)
    app.include_router(sheets_router(SimulatedSheets.open(settings, clock=clock)))
    app.add_middleware(
        Door,
        keys=keys,
        limit=settings.simulator_rate_limit,
        faults=faults,
        clock=venue.clock,
        on_order_posted=venue.count_posted,
        requests=requests,
    )
    return app

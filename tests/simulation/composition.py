"""Puts the simulation's doors into executor's own wiring, which is otherwise `main.py`'s."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import structlog
from fastapi import APIRouter, FastAPI

from novalgo_common import metrics, relay
from novalgo_common.store import Database
from novalgo_executor import main, reconciler
from novalgo_executor.control import Control
from novalgo_executor.limits import Limits
from novalgo_executor.settings import Settings
from tests.simulation.broker import SimulatedBroker

if TYPE_CHECKING:
    from tests.simulation.world import World

SELDOM = 20.0
"""Seconds; looking at an empty outbox every second would take a third of a run."""

LONGEST_SILENCE = 20.0
"""Seconds; a simulated day is too short for three minutes."""


@contextmanager
def composed(world: "World") -> Iterator[None]:
    """Let `main.open_service` open the world's store and broker, and log to its audit."""

    @asynccontextmanager
    async def database(*_args: object) -> AsyncIterator[Database]:
        assert world.life is not None
        opened = Database(world.life.door.engine)
        try:
            yield opened
        finally:
            await opened._finish()

    @asynccontextmanager
    async def broker(*_args: object) -> AsyncIterator[SimulatedBroker]:
        assert world.life is not None
        yield world.life.broker

    def control(**parts: Any) -> Control:
        assert world.life is not None
        world.life.control = Control(**parts)
        return world.life.control

    with (
        patch.object(main, "Database", SimpleNamespace(open=database)),
        patch.object(main, "AlpacaBroker", SimpleNamespace(connect=broker)),
        patch.object(main, "uuid", SimpleNamespace(uuid4=world.new_id)),
        patch.object(main, "Control", control),
        patch.object(main, "elapsed", world.loop.time),
        patch.object(reconciler, "LONGEST_SILENCE", LONGEST_SILENCE),
        patch.object(main, "ops_app", lambda *_args, **_named: FastAPI()),
        patch.object(main, "control_router", lambda *_args: APIRouter()),
        patch.object(relay, "IDLE", SELDOM),
        patch.object(metrics, "LOOK_EVERY", SELDOM),
        _logging_to(world),
    ):
        yield


@contextmanager
def _logging_to(world: "World") -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, world.log],
        wrapper_class=structlog.make_filtering_bound_logger("error"),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


@cache
def settings(when_closed: str, conflict: str, limits: Limits) -> Settings:
    """Return executor's settings; reading them takes longer than a simulated minute."""
    return Settings.model_validate(
        {
            "when_closed": when_closed,
            "conflict": conflict,
            **{f"limit_{name}": most for name, most in asdict(limits).items()},
            "reconcile_seconds": Decimal(10),
            "data_dir": "simulated",
            "api_keys": "made-up-key",
        }
    )

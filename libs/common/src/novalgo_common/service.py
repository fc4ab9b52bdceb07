"""A service as those see it who run it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.http_server import Edge
from novalgo_common.settings import Settings


@dataclass(frozen=True)
class Service:
    """Each `main.py` makes one, called SERVICE."""

    name: str
    settings: type[Settings]
    port_setting: str
    """The field of the settings that holds its port."""
    open: Callable[[Any, Bus, Clock], AbstractAsyncContextManager[ASGIApp]]
    """Opens its stores, subscribes it and starts its workers; yields its HTTP application.

    The store comes first: `TakenError` means that nothing has begun yet.
    """
    uses_bus: bool = True
    edge: Callable[[Any], Edge] = field(default=lambda _settings: Edge())
    """How it listens, by its settings."""

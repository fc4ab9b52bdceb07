"""Questions that wait for an answer, and their answers."""

from typing import Literal

from novalgo_common.events.account import PositionSnapshot
from novalgo_common.events.event import Event


class PositionsRequested(Event):
    """Asked of executor; answered with `PositionsReported`."""

    type: Literal["positions.requested.v1"] = "positions.requested.v1"


class PositionsReported(Event):
    type: Literal["positions.reported.v1"] = "positions.reported.v1"
    positions: tuple[PositionSnapshot, ...]


class ConfigRequested(Event):
    """Asked of sheets; answered with its last good `ConfigChanged`."""

    type: Literal["config.requested.v1"] = "config.requested.v1"

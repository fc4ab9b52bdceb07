"""Brings about what the day has in store for executor."""

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from novalgo_common.errors import UnavailableError
from novalgo_common.events import (
    ConfigChanged,
    Event,
    FlattenRequested,
    HaltRequested,
    PositionsRequested,
    ResumeRequested,
    SignalReceived,
)
from novalgo_common.topology import EXECUTOR_CONTROLS
from novalgo_executor.control import Control
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import Side
from novalgo_simulator.broker.order_request import OrderRequest
from tests.simulation.day import A_PERSONS_WORD, LENGTH, Befall, Command, Edit, Trade

if TYPE_CHECKING:
    from tests.simulation.world import World


class Script:
    def __init__(self, world: "World") -> None:
        self._world = world
        self._tasks: list[asyncio.Task[None]] = []

    def schedule(self) -> None:
        """Put the whole day into the loop's calendar."""
        at, day = self._world.loop.call_at, self._world.day
        for moment, signal in day.signals:
            at(moment, self._post, signal)
        for number, edit in enumerate(day.edits, start=1):
            at(edit.at, self._edit, number, edit)
        for trade in day.trades:
            at(max(0.0, trade.at), self._trade, trade)
        for befall in day.befalls:
            at(befall.at, self._befall, befall)
        for command in day.commands:
            at(command.at, self._command, command)
        for moment, step in day.clock_steps:
            at(moment, self._set_clock, step)
        at(LENGTH / 2, self._ask)

    def _post(self, signal: SignalReceived) -> None:
        world = self._world
        world.trace(f"signal {signal.sequence} {signal.action} {signal.symbol} {signal.timeframe}")
        world.published.append(signal)
        world.office.put(signal.symbol, signal)
        if world.life is not None:
            world.life.bus.post()

    def _edit(self, version: int, edit: Edit) -> None:
        world = self._world
        rows = ", ".join(
            f"{row.symbol} {row.timeframe} {row.position_size} {row.active}" for row in edit.rows
        )
        world.trace(f"config {rows}")
        event_id = world.new_id()
        world.office.config = ConfigChanged(
            event_id=event_id,
            correlation_id=event_id,
            occurred_at=world.venue.now(),
            version=version,
            rows=edit.rows,
        )
        if world.life is not None:
            world.life.bus.broadcast(world.office.config)

    def _trade(self, trade: Trade) -> None:
        world = self._world
        side = Side.BUY if trade.quantity > 0 else Side.SELL
        order = OrderRequest(symbol=trade.symbol, side=side, qty=abs(trade.quantity))
        placed = world.venue.place(order)
        done = "refused" if isinstance(placed, Refusal) else "placed"
        world.trace(f"by hand {trade.symbol} {trade.quantity} {done}")
        world.counts["trades by hand"] += done == "placed"

    def _befall(self, befall: Befall) -> None:
        world = self._world
        if befall.what == "reset":
            world.about_to_reset()
        if world.venue.befall(befall):
            world.trace(f"the exchange: {befall.what} {befall.symbol} {befall.ratio}")
            world.counts[f"exchange: {befall.what}"] += 1

    def _command(self, command: Command) -> None:
        world = self._world
        request = self._request(command)
        if command.over_the_bus:
            world.office.put(EXECUTOR_CONTROLS.name, request)
        elif world.life is None or world.life.control is None:
            return
        else:
            self._tasks.append(world.loop.create_task(_obey(world.life.control, request)))
        world.record.requests.append(request)
        world.trace(f"by order {command.verb} {command.scope}")
        world.counts[f"orders to {command.verb}"] += 1
        if world.life is not None:
            world.life.bus.post()

    def _request(self, command: Command) -> Event:
        event_id = self._world.new_id()
        fields: dict[str, Any] = {
            "event_id": event_id,
            "correlation_id": event_id,
            "occurred_at": self._world.venue.now(),
            "symbol": command.scope.symbol,
            "timeframe": command.scope.timeframe,
        }
        if command.verb == "resume":
            return ResumeRequested(**fields)
        kind = HaltRequested if command.verb == "halt" else FlattenRequested
        return kind(**fields, reason=A_PERSONS_WORD)

    def _set_clock(self, step: timedelta) -> None:
        self._world.trace(f"executor's clock steps by {step.total_seconds()} s")
        self._world.counts["clock steps"] += 1
        self._world.skew = step

    def _ask(self) -> None:
        world = self._world
        if world.life is None:
            return
        event_id = world.new_id()
        request = PositionsRequested(
            event_id=event_id, correlation_id=event_id, occurred_at=world.venue.now()
        )
        self._tasks.append(world.loop.create_task(world.life.bus.ask(request)))


async def _obey(control: Control, request: Event) -> None:
    with contextlib.suppress(UnavailableError):
        await control.take(request)

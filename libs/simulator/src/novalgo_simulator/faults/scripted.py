"""Faults as a script says, which can be changed while the simulator runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import assert_never
from uuid import UUID

from novalgo_simulator.broker.order import Order
from novalgo_simulator.faults.answers import Answer, HalfAnswer, Hang, Late, OddStatus, Reset
from novalgo_simulator.faults.script import (
    OrderRule,
    RequestFault,
    RequestRule,
    Script,
    UpdateFault,
)
from novalgo_simulator.faults.seam import Fate, Fault, Manner

_PAGE = b"<html><head><title>%d</title></head><body>nginx</body></html>"


class ScriptedFaults:
    """`Faults` by a script; which requests and updates are hit depends on the seed alone."""

    def __init__(self, script: Script | None = None, *, seed: int = 7) -> None:
        self.script = script or Script()
        self._chance = Random(seed)  # noqa: S311 - a simulation, no secret
        self._hit: Counter[RequestRule] = Counter()
        self._drawn: dict[tuple[UUID, OrderRule], bool] = {}
        self._kept_back: list[str] = []

    def take(self, script: Script) -> None:
        """Follow another script from now on; its counts begin anew."""
        self.script = script
        self._hit.clear()

    def on_request(self, method: str, path: str, number: int) -> Fault | None:
        for rule in self.script.requests:
            if self._hits(rule, method, path):
                self._hit[rule] += 1
                return fault_of(rule)
        return None

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        late, self._kept_back = self._kept_back, []
        for rule in self.script.updates:
            if self._chance.random() < rule.share:
                return (*self._spoiled(frame, rule.fault), *late)
        return (frame, *late)

    def on_order(self, order: Order, at: datetime) -> Fate:
        if order.symbol in self.script.halted:
            return Fate.HELD
        for rule in self.script.orders:
            if self._applies(rule, order, at):
                return rule.fate
        return Fate.ORDINARY

    def on_listener(self, others: int) -> Manner:
        if self.script.stream.one_connection and others:
            return Manner.REFUSED
        return self.script.stream.manner

    def on_clock(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.script.clock_skew_seconds)

    def _hits(self, rule: RequestRule, method: str, path: str) -> bool:
        fits = rule.method in (None, method) and path.startswith(rule.path)
        is_left = rule.times is None or self._hit[rule] < rule.times
        return fits and is_left and self._chance.random() < rule.share

    def _applies(self, rule: OrderRule, order: Order, at: datetime) -> bool:
        if rule.symbols is not None and order.symbol not in rule.symbols:
            return False
        if rule.seconds is not None and (at - order.created_at).total_seconds() >= rule.seconds:
            return False
        # Drawn once an order: it is asked about again at every step.
        if (order.id, rule) not in self._drawn:
            self._drawn[order.id, rule] = self._chance.random() < rule.share
        return self._drawn[order.id, rule]

    def _spoiled(self, frame: str, fault: UpdateFault) -> Sequence[str]:
        match fault:
            case UpdateFault.MISSING:
                return ()
            case UpdateFault.DUPLICATED:
                return (frame, frame)
            case UpdateFault.REORDERED:
                self._kept_back = [frame]
                return ()
            case UpdateFault.CORRUPT:
                return (frame[: len(frame) // 2],)
            case _:
                assert_never(fault)


def fault_of(rule: RequestRule) -> Fault:
    match rule.fault:
        case RequestFault.LATENCY:
            return Late(rule.seconds)
        case RequestFault.HANG:
            return Hang(carried_out=rule.taken)
        case RequestFault.RESET:
            return Reset(carried_out=rule.taken)
        case RequestFault.ERROR:
            body = b'{"code": 50010000, "message": "internal server error occurred"}'
            return Answer(status=rule.status, body=body, carried_out=rule.taken)
        case RequestFault.HTML:
            page = Answer(status=rule.status, body=_PAGE % rule.status, content_type=b"text/html")
            return replace(page, carried_out=rule.taken)
        case RequestFault.UNKNOWN_STATUS:
            return OddStatus()
        case RequestFault.HALF_ANSWER:
            return HalfAnswer()
        case _:
            assert_never(rule.fault)

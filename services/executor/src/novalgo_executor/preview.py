"""What executor would do now about a signal that nobody has sent.  Does nothing of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from novalgo_common.clock import Clock
from novalgo_common.errors import PermanentError
from novalgo_common.events import (
    Action,
    Event,
    Leg,
    PreviewedOrder,
    PreviewReported,
    PreviewRequested,
    derived_id,
)
from novalgo_executor.desk import Desk
from novalgo_executor.facts import ZERO, Facts, Signal
from novalgo_executor.steps import End, Step, Submit

Foreseen: TypeAlias = tuple[Step, Facts]

_NEWEST = 1_999_999_999
"""Above the sequence of every alert, and below a person's closings."""


@dataclass(frozen=True, slots=True)
class Preview:
    desk: Desk
    clock: Clock

    async def report(self, event: Event) -> Event:
        """Answer with the orders and the ending, as far as they can be told now."""
        if not isinstance(event, PreviewRequested):
            raise PermanentError(f"{event.type} asks for no preview")
        signal = _signal(event, self.clock)
        steps = [await self.desk.foresee(signal)]
        step, facts = steps[0]
        if isinstance(step, Submit) and step.leg is Leg.CLOSE and signal.action is not Action.CLOSE:
            steps.append(await self.desk.foresee(signal, replace(facts, held=ZERO)))
        last = steps[-1][0]
        end = last if isinstance(last, End) else None
        return PreviewReported(
            event_id=derived_id(event.event_id, "preview.reported"),
            correlation_id=event.correlation_id,
            occurred_at=self.clock(),
            held=facts.held,
            orders=tuple(_orders(steps)),
            ending=end.ending if end else None,
            reason=end.reason if end else None,
            detail=end.detail if end else _detail_of(last),
        )


def _signal(event: PreviewRequested, clock: Clock) -> Signal:
    return Signal(
        signal_id=event.event_id,
        sequence=_NEWEST,
        action=event.action,
        symbol=event.symbol,
        timeframe=event.timeframe,
        fired_at=event.alert_at or clock(),
        price=event.price,
    )


def _orders(steps: Sequence[Foreseen]) -> Iterator[PreviewedOrder]:
    for step, _ in steps:
        if isinstance(step, Submit):
            yield PreviewedOrder(
                leg=step.leg,
                side=step.request.side,
                quantity=step.request.quantity,
                notional=step.request.notional,
            )


def _detail_of(step: Step) -> str:
    return "" if isinstance(step, Submit) else "it would wait: for the market, or for an open order"

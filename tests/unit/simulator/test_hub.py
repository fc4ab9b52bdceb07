import asyncio
import json
from collections.abc import Sequence

import pytest

from novalgo_simulator.broker.hub import Hub
from novalgo_simulator.faults import NoFaults

pytestmark = pytest.mark.anyio


class SwappedPairs(NoFaults):
    """Holds back every first update until the second has gone out."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def on_update(self, frame: str, number: int) -> Sequence[str]:
        if number % 2:
            self._kept = [frame]
            return ()
        return (frame, *self._kept)


def heard(queue: "asyncio.Queue[str]") -> list[object]:
    return [json.loads(queue.get_nowait())["event"] for _ in range(queue.qsize())]


async def test_everyone_who_listens_hears_every_update_from_then_on() -> None:
    hub = Hub(NoFaults())
    hub.publish({"event": "too early"})

    with hub.listening() as one, hub.listening() as another:
        hub.publish({"event": "new"})
        hub.publish({"event": "fill"})

    hub.publish({"event": "too late"})
    assert heard(one) == heard(another) == ["new", "fill"]


async def test_faults_decide_what_becomes_of_an_update() -> None:
    hub = Hub(SwappedPairs())

    with hub.listening() as queue:
        for event in ("new", "fill", "canceled"):
            hub.publish({"event": event})

    assert heard(queue) == ["fill", "new"]


async def test_a_reader_who_falls_far_behind_loses_the_oldest() -> None:
    hub = Hub(NoFaults())

    with hub.listening() as queue:
        for number in range(10_001):
            hub.publish({"event": number})

    events = heard(queue)
    assert (events[0], events[-1]) == (1, 10_000)

import asyncio

import pytest

from novalgo_common.bus import ATTEMPTS
from novalgo_common.delivery import deliver, describe, pause_after
from novalgo_common.errors import PermanentError, UnavailableError
from novalgo_common.events import Event
from tests.builders import a_fill
from tests.listening import Listener

pytestmark = pytest.mark.anyio


class Pauses:
    """A sleep that takes no time and remembers."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


async def test_a_message_that_is_handled_is_not_tried_again() -> None:
    listener, pauses, fill = Listener(), Pauses(), a_fill()

    assert await deliver(fill, "q", listener, sleep=pauses) is None

    assert listener.seen == [fill]
    assert pauses.taken == []


async def test_what_can_never_be_handled_is_dead_at_once() -> None:
    listener, pauses = Listener(PermanentError("no such account")), Pauses()

    error = await deliver(a_fill(), "q", listener, sleep=pauses)

    assert error == "no such account"
    assert pauses.taken == []


async def test_what_fails_too_often_is_dead_for_its_last_reason() -> None:
    listener = Listener(*(RuntimeError(f"number {each}") for each in range(ATTEMPTS)))

    error = await deliver(a_fill(), "q", listener, sleep=Pauses())

    assert error == f"RuntimeError: number {ATTEMPTS - 1}"
    assert len(listener.seen) == ATTEMPTS


async def test_an_outage_does_not_count_as_a_failure() -> None:
    bug, outage = RuntimeError("a bug"), UnavailableError("the store is away")
    listener = Listener(*[outage] * 50, *[bug] * (ATTEMPTS - 1), *[outage] * 50)

    assert await deliver(a_fill(), "q", listener, sleep=Pauses()) is None


async def test_pauses_grow_to_a_limit() -> None:
    listener, pauses = Listener(*[UnavailableError("the store is away")] * 9), Pauses()

    await deliver(a_fill(), "q", listener, sleep=pauses)

    assert pauses.taken == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert pause_after(1_000_000) == 5.0


async def test_something_cancelled_inside_a_handler_is_its_failure() -> None:
    listener = Listener(*[asyncio.CancelledError()] * ATTEMPTS)

    assert await deliver(a_fill(), "q", listener, sleep=Pauses()) == "CancelledError"


async def test_a_cancelled_delivery_ends() -> None:
    started = asyncio.Event()

    async def handle(event: Event) -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(deliver(a_fill(), "q", handle, sleep=Pauses()))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


def test_only_the_first_line_of_a_foreign_error_is_told() -> None:
    error = RuntimeError("insert failed\nparameters: made-up-secret")

    assert describe(error) == "RuntimeError: insert failed"
    assert describe(RuntimeError()) == "RuntimeError"
    assert describe(UnavailableError("the store is away")) == "the store is away"

import asyncio
from dataclasses import dataclass, field

import pytest

from novalgo_common.errors import PermanentError, PublishError
from novalgo_common.events import Event
from novalgo_common.wire import encode
from novalgo_common.worker import Worker
from tests.builders import a_fill, a_flatten_request, a_halt_request, a_resume_request
from tests.listening import Listener
from tests.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class FakeDelivery:
    body: bytes = field(default_factory=lambda: encode(a_fill()))
    is_gone: bool = False
    refusals: int = 0
    """How often the dead letters cannot be reached."""
    outcome: str = ""

    async def handled(self) -> None:
        self.outcome = "handled"

    async def dead(self, error: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise PublishError("the dead letters are away")
        self.outcome = f"dead: {error}"

    def left(self) -> None:
        self.outcome = "left"


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


async def test_what_the_bus_took_back_is_not_handled() -> None:
    listener = Listener()
    worker = Worker("q", listener)
    gone, here = FakeDelivery(is_gone=True), FakeDelivery()

    worker.take(gone)
    worker.take(here)
    await until(lambda: here.outcome == "handled")
    await worker.stop()

    assert len(listener.seen) == 1
    assert gone.outcome == ""


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b'{"type":"fill.recorded.v9"}'])
async def test_what_is_no_event_is_dead_unseen(body: bytes) -> None:
    listener = Listener()
    worker = Worker("q", listener)
    dead = FakeDelivery(body)

    worker.take(dead)
    await until(lambda: dead.outcome != "")
    await worker.stop()

    assert dead.outcome.startswith("dead: ")
    assert listener.seen == []


async def test_events_of_one_key_wait_for_each_other_and_for_no_other_key() -> None:
    begun: list[str] = []
    release = asyncio.Event()

    async def handle(event: Event) -> None:
        begun.append(event.key)
        if event.key == "AAPL":
            await release.wait()

    worker = Worker("q", handle)
    first, second, other = (
        FakeDelivery(encode(a_fill(symbol=symbol))) for symbol in ("AAPL", "AAPL", "MSFT")
    )
    for delivery in (first, second, other):
        worker.take(delivery)
    await until(lambda: other.outcome == "handled")
    assert begun == ["AAPL", "MSFT"]
    release.set()
    await until(lambda: second.outcome == "handled")
    await worker.stop()

    assert begun == ["AAPL", "MSFT", "AAPL"]


async def test_what_halts_and_what_resumes_never_pass_each_other_whatever_their_scope() -> None:
    begun: list[str] = []
    release = asyncio.Event()

    async def handle(event: Event) -> None:
        begun.append(event.type)
        await release.wait()

    worker = Worker("q", handle)
    requests = (a_halt_request(), a_resume_request(symbol="AAPL"), a_flatten_request(symbol="MSFT"))
    for request in requests:
        worker.take(FakeDelivery(encode(request)))
    await until(lambda: begun != [])
    assert begun == ["halt.requested.v1"]
    release.set()
    await until(lambda: len(begun) == len(requests))
    await worker.stop()

    assert begun == [request.type for request in requests]


async def test_a_dead_message_holds_its_key_until_the_dead_letters_have_it() -> None:
    worker = Worker("q", Listener(PermanentError("no such account")), sleep=_at_once)
    dead, next_one = FakeDelivery(refusals=3), FakeDelivery()

    worker.take(dead)
    worker.take(next_one)
    await until(lambda: next_one.outcome == "handled")
    await worker.stop()

    assert dead.outcome == "dead: no such account"


async def test_a_stopped_worker_gives_back_what_it_has_not_begun() -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def handle(event: Event) -> None:
        started.set()
        await release.wait()

    worker = Worker("q", handle)
    running, waiting, late = FakeDelivery(), FakeDelivery(), FakeDelivery()
    worker.take(running)
    worker.take(waiting)
    await started.wait()
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    worker.take(late)

    assert [each.outcome for each in (running, waiting, late)] == ["handled", "left", "left"]

"""What both buses promise (novalgo_common/bus.py), asked of both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from novalgo_common.bus import ATTEMPTS, Bus
from novalgo_common.dead_letters import DeadLetter, FileDeadLetters
from novalgo_common.errors import PermanentError, PublishError, UnavailableError, UnroutableError
from novalgo_common.events import (
    AlarmRaised,
    ConfigChanged,
    ConfigRequested,
    Event,
    PositionsRequested,
)
from novalgo_common.local_bus import LocalBus
from novalgo_common.rabbitmq import RabbitBus
from novalgo_common.topology import (
    ANALYTICS_JOURNAL,
    DEAD_LETTERS,
    EXECUTOR_SIGNALS,
    INGEST_RECEIPTS,
    SHEETS_UPDATES,
    destinations,
)
from novalgo_common.wire import encode
from tests.builders import (
    a_config_changed,
    a_config_request,
    a_fill,
    a_positions_report,
    a_positions_request,
    a_signal,
    an_alarm,
)
from tests.listening import Listener, in_different_partitions, listen, listen_everywhere
from tests.rabbitmq import amqp_channel
from tests.waiting import until, until_told

pytestmark = pytest.mark.anyio


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@dataclass(frozen=True)
class World:
    """A bus, and what a test may do behind its back."""

    bus: Bus
    dead_letters: Callable[[], list[bytes]]


@pytest.fixture(params=["local", "rabbitmq"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    if request.param == "local":
        letters = FileDeadLetters(tmp_path / "dead.jsonl")
        bus = LocalBus(letters, sleep=_at_once)
        yield World(bus, lambda: [letter.body for letter in letters.read()])
        await bus.close()
    else:
        url = request.getfixturevalue("fresh_amqp_url")
        async with RabbitBus.connect(url, service="test", sleep=_at_once) as rabbit:
            yield World(rabbit, lambda: _take_dead_letters(url))


@pytest.fixture
def bus(world: World) -> Bus:
    return world.bus


def _take_dead_letters(url: str) -> list[bytes]:
    with amqp_channel(url) as channel:
        letters = []
        while (body := channel.basic_get(DEAD_LETTERS, auto_ack=True)[2]) is not None:
            letters.append(body)
        return letters


async def _dead_letters(world: World) -> list[bytes]:
    letters: list[bytes] = []

    def have_come() -> bool:
        letters.extend(world.dead_letters())
        return bool(letters)

    await until(have_come)
    return letters


async def _publish_unwaited(bus: Bus, *events: Event) -> list[asyncio.Task[None]]:
    """Publish in this order; on a LocalBus nothing else is confirmed while a handler hangs."""
    tasks = [asyncio.create_task(bus.publish(event)) for event in events]
    await asyncio.sleep(0)
    return tasks


async def test_an_event_reaches_every_queue_that_must_have_it(bus: Bus) -> None:
    listeners = await listen_everywhere(bus)
    fill = a_fill()

    await bus.publish(fill)

    for queue in (INGEST_RECEIPTS, ANALYTICS_JOURNAL):
        await until(lambda name=queue.name: listeners[name].handled == [fill])  # type: ignore[misc]
    assert listeners[EXECUTOR_SIGNALS.name].seen == []
    assert listeners[SHEETS_UPDATES.name].seen == []


async def test_events_of_one_key_are_handled_in_the_order_of_publication(bus: Bus) -> None:
    listeners = await listen_everywhere(bus)
    signals = [a_signal(sequence=number) for number in range(1, 31)]

    await asyncio.gather(*await _publish_unwaited(bus, *signals))

    for queue in (EXECUTOR_SIGNALS, SHEETS_UPDATES, ANALYTICS_JOURNAL):
        await until(lambda name=queue.name: len(listeners[name].handled) == 30)  # type: ignore[misc]
        assert listeners[queue.name].handled == signals


async def test_one_key_does_not_wait_for_another(bus: Bus) -> None:
    slow, quick = in_different_partitions(EXECUTOR_SIGNALS, ("AAPL", "MSFT", "SPY", "TSLA"))
    release, handled = asyncio.Event(), list[str]()

    async def handle(event: Event) -> None:
        if event.key == slow:
            await release.wait()
        handled.append(event.key)

    await listen(bus, {EXECUTOR_SIGNALS.name: handle})
    tasks = await _publish_unwaited(bus, a_signal(symbol=slow), a_signal(symbol=quick))

    await until(lambda: handled == [quick])
    release.set()
    await until(lambda: handled == [quick, slow])
    await asyncio.gather(*tasks)


async def test_a_queue_does_not_wait_for_another(bus: Bus) -> None:
    release, quick = asyncio.Event(), Listener()

    async def slow(event: Event) -> None:
        await release.wait()

    await listen(bus, {SHEETS_UPDATES.name: slow, ANALYTICS_JOURNAL.name: quick})
    signals = [a_signal(), a_signal()]
    tasks = await _publish_unwaited(bus, *signals)

    await until(lambda: quick.handled == signals)
    release.set()
    await asyncio.gather(*tasks)


async def test_a_queue_handles_one_event_at_a_time(bus: Bus) -> None:
    running, most, done = 0, 0, 0

    async def handle(event: Event) -> None:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done += 1

    await listen(bus, {ANALYTICS_JOURNAL.name: handle})
    await asyncio.gather(*await _publish_unwaited(bus, *(a_signal() for _ in range(10))))

    await until(lambda: done == 10)
    assert most == 1


async def test_an_event_comes_again_after_a_failure(bus: Bus) -> None:
    listener = Listener(RuntimeError("a bug"), RuntimeError("again"))
    await listen(bus, {ANALYTICS_JOURNAL.name: listener})
    fill = a_fill()

    await bus.publish(fill)

    await until(lambda: listener.handled == [fill])
    assert listener.seen == [fill] * 3


async def test_later_events_wait_for_one_that_comes_again(bus: Bus) -> None:
    listener = Listener(UnavailableError("the store is locked"))
    await listen(bus, {ANALYTICS_JOURNAL.name: listener})
    first, second = a_signal(), a_signal()

    await asyncio.gather(*await _publish_unwaited(bus, first, second))

    await until(lambda: len(listener.handled) == 2)
    assert listener.seen == [first, first, second]


async def test_an_event_outlasts_any_outage_of_what_its_handler_needs(bus: Bus) -> None:
    listener = Listener(*(UnavailableError("the store is away") for _ in range(3 * ATTEMPTS)))
    await listen(bus, {ANALYTICS_JOURNAL.name: listener})
    fill = a_fill()

    await bus.publish(fill)

    await until(lambda: listener.handled == [fill])


async def test_what_can_never_be_handled_is_dead_at_once(world: World) -> None:
    listener = Listener(PermanentError("no such account"))
    await listen(world.bus, {INGEST_RECEIPTS.name: listener})
    dead, alive = a_fill(), a_fill()

    await world.bus.publish(dead)
    await world.bus.publish(alive)

    await until(lambda: listener.handled == [alive])
    assert listener.seen == [dead, alive]
    assert await _dead_letters(world) == [encode(dead)]


async def test_a_death_raises_an_alarm_and_that_of_an_alarm_does_not(world: World) -> None:
    dying = Listener(PermanentError("no use"))
    journal = Listener(PermanentError("no use"))
    handlers = {INGEST_RECEIPTS.name: dying, ANALYTICS_JOURNAL.name: journal}
    await listen(world.bus, dict(handlers))
    alarm, fill = an_alarm(), a_fill()

    await world.bus.publish(alarm)
    await world.bus.publish(fill)

    await until(lambda: any(isinstance(event, AlarmRaised) for event in journal.handled))
    [told] = [event for event in journal.handled if isinstance(event, AlarmRaised)]
    assert (told.code, told.service) == ("dead_letter", "ingest")


async def test_what_fails_too_often_is_dead_and_the_others_flow_on(world: World) -> None:
    listener = Listener(*(RuntimeError("a bug") for _ in range(ATTEMPTS)))
    await listen(world.bus, {INGEST_RECEIPTS.name: listener})
    dead, alive = a_fill(), a_fill()

    await world.bus.publish(dead)
    await world.bus.publish(alive)

    await until(lambda: listener.handled == [alive])
    assert listener.seen == [dead] * ATTEMPTS + [alive]
    assert await _dead_letters(world) == [encode(dead)]


async def _letters(bus: Bus, count: int) -> Sequence[DeadLetter]:
    """Return the dead letters once there are so many."""

    async def have_come() -> bool:
        return len(await bus.dead_letters()) == count

    await until_told(have_come)
    return await bus.dead_letters()


async def test_a_dead_letter_tells_its_queue_and_what_it_died_of_and_looking_takes_nothing(
    bus: Bus,
) -> None:
    listener = Listener(PermanentError("no such account"))
    await listen(bus, {INGEST_RECEIPTS.name: listener})
    fill = a_fill()
    await bus.publish(fill)

    [first] = await _letters(bus, 1)
    [again] = await _letters(bus, 1)

    assert (first.queue, first.body) == (INGEST_RECEIPTS.name, encode(fill))
    assert "no such account" in first.error
    assert first.died_at is not None
    assert again == first


async def test_a_replayed_letter_is_handled_by_its_queue_alone_and_is_dead_no_more(
    bus: Bus,
) -> None:
    dying = Listener(PermanentError("a bug, mended meanwhile"), PermanentError("again"))
    journal = Listener()
    await listen(bus, {INGEST_RECEIPTS.name: dying, ANALYTICS_JOURNAL.name: journal})
    first, second = a_fill(), a_fill()
    await bus.publish(first)
    await bus.publish(second)
    letters = await _letters(bus, 2)
    chosen = next(letter for letter in letters if letter.body == encode(first))

    assert await bus.replay(chosen.letter_id)

    await until(lambda: dying.handled == [first])
    [left] = await _letters(bus, 1)
    assert left.body == encode(second)
    assert journal.handled.count(first) == 1
    assert not await bus.replay(chosen.letter_id)


async def test_a_replayed_letter_that_dies_again_is_a_dead_letter_again(bus: Bus) -> None:
    listener = Listener(PermanentError("a bug"), PermanentError("still there"))
    await listen(bus, {INGEST_RECEIPTS.name: listener})
    await bus.publish(a_fill())
    [before] = await _letters(bus, 1)

    await bus.replay(before.letter_id)

    await until(lambda: len(listener.seen) == 2)
    [after] = await _letters(bus, 1)
    assert after.letter_id == before.letter_id
    assert "still there" in after.error


async def test_an_event_published_twice_is_handled_twice(bus: Bus) -> None:
    listener = Listener()
    await listen(bus, {ANALYTICS_JOURNAL.name: listener})
    fill = a_fill()

    await bus.publish(fill)
    await bus.publish(fill)

    await until(lambda: listener.handled == [fill, fill])


async def test_a_queue_that_is_missing_is_an_error(
    world: World, request: pytest.FixtureRequest
) -> None:
    signal = a_signal()
    if isinstance(world.bus, RabbitBus):
        with amqp_channel(request.getfixturevalue("fresh_amqp_url")) as channel:
            channel.queue_delete(destinations(signal)[0])
    else:
        for queue in (SHEETS_UPDATES, ANALYTICS_JOURNAL):
            await world.bus.subscribe(queue, Listener())

    with pytest.raises(UnroutableError, match=destinations(signal)[0]):
        await world.bus.publish(signal)


async def test_a_closed_bus_takes_nothing(bus: Bus) -> None:
    await listen_everywhere(bus)
    await bus.close()

    with pytest.raises(PublishError):
        await bus.publish(a_signal())
    assert bus.problems() != []


async def test_closing_lets_the_running_handler_finish(bus: Bus) -> None:
    started, release, finished = asyncio.Event(), asyncio.Event(), list[Event]()

    async def handle(event: Event) -> None:
        started.set()
        await release.wait()
        finished.append(event)

    await listen(bus, {ANALYTICS_JOURNAL.name: handle})
    first, second = a_fill(), a_fill()
    published = await _publish_unwaited(bus, first, second)
    await started.wait()
    closing = asyncio.create_task(bus.close())
    await asyncio.sleep(0)
    release.set()
    await closing

    assert finished == [first]
    await asyncio.gather(*published, return_exceptions=True)


async def test_closing_does_not_wait_for_what_is_unavailable(bus: Bus) -> None:
    tried = asyncio.Event()

    async def handle(event: Event) -> None:
        tried.set()
        raise UnavailableError("the store is away")

    await listen(bus, {ANALYTICS_JOURNAL.name: handle})
    published = await _publish_unwaited(bus, a_fill())
    await tried.wait()

    await bus.close()

    await asyncio.gather(*published, return_exceptions=True)


async def test_a_bus_that_works_has_no_problems(bus: Bus) -> None:
    await listen_everywhere(bus)

    assert bus.problems() == []


async def test_a_broadcast_reaches_its_followers_and_its_queues(bus: Bus) -> None:
    listeners, first, second = await listen_everywhere(bus), Listener(), Listener()
    await bus.follow(ConfigChanged, first)
    await bus.follow(ConfigChanged, second)
    change = a_config_changed()

    await bus.publish(change)
    await bus.publish(a_fill())

    await until(lambda: first.handled == [change] and second.handled == [change])
    await until(lambda: listeners[ANALYTICS_JOURNAL.name].handled[:1] == [change])


async def test_a_publish_does_not_wait_for_followers(bus: Bus) -> None:
    await listen_everywhere(bus)
    release = asyncio.Event()

    async def follow(event: Event) -> None:
        await release.wait()

    await bus.follow(ConfigChanged, follow)

    await bus.publish(a_config_changed())
    release.set()


async def test_a_request_is_answered(bus: Bus) -> None:
    asked, answer = list[Event](), a_positions_report()

    async def report(request: Event) -> Event:
        asked.append(request)
        return answer

    await bus.respond(PositionsRequested, report)
    question = a_positions_request()

    assert await bus.request(question, within=30) == answer
    assert asked == [question]


async def test_requests_that_wait_together_get_their_own_answers(bus: Bus) -> None:
    async def answer(request: Event) -> Event:
        return a_config_changed(correlation_id=request.event_id)

    await bus.respond(ConfigRequested, answer)
    questions = [a_config_request() for _ in range(10)]

    answers = await asyncio.gather(*(bus.request(each, within=30) for each in questions))

    assert [each.correlation_id for each in answers] == [each.event_id for each in questions]


async def _never(request: Event) -> Event:
    return await asyncio.Event().wait() and a_config_changed()


async def _broken(request: Event) -> Event:
    raise RuntimeError("a bug")


@pytest.mark.parametrize(
    ("responder", "within"),
    [
        pytest.param(None, 30, id="nobody to answer"),
        pytest.param(_never, 0.05, id="no answer in time"),
        pytest.param(_broken, 30, id="an answer that fails"),
    ],
)
async def test_a_request_without_answer_is_unavailable(
    bus: Bus, responder: Callable[[Event], Awaitable[Event]] | None, within: float
) -> None:
    if responder is not None:
        await bus.respond(ConfigRequested, responder)

    with pytest.raises(UnavailableError):
        await bus.request(a_config_request(), within=within)

"""The stream of events: no gap, no double, wherever a listener begins and whatever it missed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from novalgo_analytics.page import feed as feeding
from novalgo_analytics.page.feed import Feed
from novalgo_analytics.store import Store
from novalgo_common.store import Database
from tests.builders import NOON, a_signal
from tests.stores import stored_in
from tests.waiting import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_feed(data_dir: Path) -> AsyncIterator[tuple[Store, Feed]]:
    async with Database.open(stored_in(data_dir), "analytics") as database:
        store = Store(database, lambda: NOON)
        feed = Feed(store)
        database.on_commit(feed.wake)
        await feed.start()
        running = asyncio.create_task(feed.run())
        try:
            yield store, feed
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def record(store: Store, count: int) -> None:
    for _ in range(count):
        await store.record(a_signal())


async def heard(feed: Feed, after: int, count: int) -> list[int]:
    """Return the ids of the next events of a stream that begins after this position."""
    seen: list[int] = []
    stream = feed.listen(after)
    async with asyncio.timeout(20):
        async for chunk in stream:
            seen += [int(line[4:]) for line in chunk.decode().splitlines() if line[:4] == "id: "]
            if len(seen) >= count:
                break
    await stream.aclose()  # type: ignore[attr-defined]
    return seen


async def test_a_listener_hears_what_came_before_it_and_what_comes_while_it_listens(
    tmp_path: Path,
) -> None:
    async with a_feed(tmp_path) as (store, feed):
        await record(store, 3)
        listening = asyncio.create_task(heard(feed, 1, 5))
        await record(store, 3)

        assert await listening == [2, 3, 4, 5, 6]


async def test_a_repeat_is_told_once(tmp_path: Path) -> None:
    signal = a_signal()
    async with a_feed(tmp_path) as (store, feed):
        await store.record(signal)
        await store.record(signal)
        await record(store, 1)

        assert len(await heard(feed, 0, 2)) == 2


async def test_after_a_restart_a_listener_goes_on_where_it_was(tmp_path: Path) -> None:
    async with a_feed(tmp_path) as (store, feed):
        await record(store, 4)
        before = await heard(feed, 0, 2)
    async with a_feed(tmp_path) as (store, feed):
        listening = asyncio.create_task(heard(feed, before[-1], 6 - len(before)))
        await record(store, 2)
        after = await listening

    assert before + after == [1, 2, 3, 4, 5, 6]


async def test_what_is_no_longer_at_hand_is_read_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "REMEMBERED", 2)
    monkeypatch.setattr(feeding, "BATCH", 3)
    async with a_feed(tmp_path) as (store, feed):
        await record(store, 10)

        assert await heard(feed, 0, 10) == list(range(1, 11))


@pytest.mark.parametrize(
    "after", [pytest.param(0, id="too far behind"), pytest.param(99, id="ahead of the journal")]
)
async def test_who_missed_too_much_is_told_to_load_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(feeding, "MOST_BEHIND", 3)
    async with a_feed(tmp_path) as (store, feed):
        await record(store, 5)
        await until(lambda: feed.position == 5)
        stream = feed.listen(after)
        await anext(stream)
        told = await anext(stream)

    assert b"event: reset" in told
    assert b"id: 5" in told


async def test_a_notice_reaches_every_listener_and_has_no_id(tmp_path: Path) -> None:
    async with a_feed(tmp_path) as (_, feed):
        streams = [feed.listen(0), feed.listen(0)]
        for stream in streams:
            await anext(stream)
        waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
        await asyncio.sleep(0)
        feed.notice()
        told = await asyncio.wait_for(asyncio.gather(*waiting), 10)

    assert [b"event: notice" in each and b"id:" not in each for each in told] == [True, True]


async def test_pages_that_are_open_are_counted(tmp_path: Path) -> None:
    async with a_feed(tmp_path) as (_, feed):
        streams = [feed.listen(0), feed.listen(0)]
        for stream in streams:
            await anext(stream)
        opened = feed.listeners
        await aclose(streams[0])

        assert (opened, feed.listeners) == (2, 1)


async def aclose(stream: AsyncIterator[bytes]) -> None:
    assert isinstance(stream, AsyncGenerator)
    await stream.aclose()

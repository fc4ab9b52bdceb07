import asyncio

import pytest

from novalgo_common.background import Background

pytestmark = pytest.mark.anyio


async def test_work_that_fails_is_told_and_started_again() -> None:
    problems: list[str | None] = []
    done = asyncio.Event()

    async with Background.open() as background:

        async def work() -> None:
            problems.append(background.problem())
            if len(problems) == 1:
                raise OSError("made up")
            done.set()
            await asyncio.Event().wait()

        background.run("tidy", work, pause=0)
        async with asyncio.timeout(5):
            await done.wait()

    assert problems == [None, "tidy failed (OSError) and starts again"]


async def test_closing_stops_the_work() -> None:
    stopped = asyncio.Event()
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with Background.open() as background:
        background.run("wait", work)
        async with asyncio.timeout(5):
            await started.wait()

    assert stopped.is_set()

"""Those who ask the same thing at the same moment share a request."""

import asyncio
from collections.abc import Sequence

import pytest

from novalgo_common.errors import UnavailableError
from novalgo_executor.shared import Shared

pytestmark = pytest.mark.anyio


class Oracle:
    """Answers, once it is let, with what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may_answer = asyncio.Event()

    async def answer(self, wishes: Sequence[str]) -> list[str]:
        self.asked.append(list(wishes))
        await self.may_answer.wait()
        return list(wishes)


async def asking(shared: Shared[str, list[str]], *wishes: str) -> list[asyncio.Task[list[str]]]:
    tasks = [asyncio.create_task(shared.get(wish)) for wish in wishes]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_who_comes_while_one_request_is_under_way_shares_the_next() -> None:
    oracle = Oracle()
    shared = Shared(oracle.answer)

    first = await asking(shared, "a")
    others = await asking(shared, "b", "c")
    oracle.may_answer.set()

    assert await asyncio.gather(*first, *others) == [["a"], ["b", "c"], ["b", "c"]]
    assert oracle.asked == [["a"], ["b", "c"]]


async def test_a_question_does_not_outlive_whom_it_is_asked_of() -> None:
    oracle = Oracle()
    shared = Shared(oracle.answer)
    [under_way] = await asking(shared, "a")

    await shared.close()

    with pytest.raises(UnavailableError):
        await under_way
    with pytest.raises(UnavailableError):
        await shared.get("b")
    assert oracle.asked == [["a"]]

import asyncio

import pytest

from novalgo_common.lanes import Lanes

pytestmark = pytest.mark.anyio


class Gate:
    """Work that waits until it is let through, item by item."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self._let_through: dict[str, asyncio.Event] = {}

    async def __call__(self, item: str) -> None:
        self.begun.append(item)
        await self._let_through.setdefault(item, asyncio.Event()).wait()
        self.done.append(item)

    def open(self, item: str) -> None:
        self._let_through.setdefault(item, asyncio.Event()).set()


async def test_keys_do_not_wait_for_each_other_and_items_of_one_key_do() -> None:
    gate = Gate()
    lanes = Lanes(gate)

    for key, item in (("a", "a1"), ("a", "a2"), ("b", "b1")):
        lanes.put(key, item)
    await asyncio.sleep(0)

    assert gate.begun == ["a1", "b1"]


async def test_all_is_finished_once_the_last_item_of_every_key_is_done() -> None:
    gate = Gate()
    lanes = Lanes(gate)
    for key, item in (("a", "a1"), ("b", "b1"), ("a", "a2")):
        lanes.put(key, item)
        gate.open(item)

    await lanes.finish()

    assert sorted(gate.done) == ["a1", "a2", "b1"]


async def test_a_key_that_was_done_may_come_again() -> None:
    gate = Gate()
    lanes = Lanes(gate)
    for item in ("a1", "a2"):
        gate.open(item)
        lanes.put("a", item)
        await lanes.finish()

    assert gate.done == ["a1", "a2"]


async def test_what_fails_ends_the_group_that_the_lanes_run_in() -> None:
    async def fail(item: str) -> None:
        raise RuntimeError(item)

    with pytest.raises(ExceptionGroup):
        async with asyncio.TaskGroup() as tasks:
            Lanes(fail, tasks.create_task).put("a", "a1")

"""What is stored is published at once, but after the answers to a burst, or soon."""

import asyncio
from contextlib import ExitStack

import pytest

from novalgo_ingest.answers_first import BURST, AnswersFirst
from tests.waiting import until

pytestmark = pytest.mark.anyio


def come_and_go(answers_first: AnswersFirst, webhooks: int) -> None:
    for _ in range(webhooks):
        with answers_first:
            pass


async def test_a_lone_webhook_that_is_answered_holds_nothing() -> None:
    answers_first = AnswersFirst()
    come_and_go(answers_first, 1)

    turn = answers_first.turn()

    with pytest.raises(StopIteration):
        turn.send(None)  # it is through without having waited for anything


async def test_a_few_webhooks_hold_until_they_are_answered_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("novalgo_ingest.answers_first.LULL", 60)
    answers_first = AnswersFirst()

    with answers_first:
        turn = asyncio.create_task(answers_first.turn())
        await asyncio.sleep(0)
        assert not turn.done()

    await turn


async def test_a_burst_is_answered_first() -> None:
    answers_first = AnswersFirst()

    with ExitStack() as burst:
        for _ in range(3):
            burst.enter_context(answers_first)
        turn = asyncio.create_task(answers_first.turn())
        await asyncio.sleep(0)
        assert not turn.done()

    await turn


async def test_a_burst_over_open_connections_goes_on_with_each_answer() -> None:
    answers_first = AnswersFirst()
    come_and_go(answers_first, BURST)
    turn = asyncio.create_task(answers_first.turn())

    await asyncio.sleep(0)

    assert not turn.done()
    await turn


async def test_webhooks_that_never_stop_coming_do_not_stop_publishing() -> None:
    answers_first = AnswersFirst()

    with answers_first:
        for _ in range(2):
            turn = asyncio.create_task(answers_first.turn())
            await until(turn.done)


async def test_what_a_turn_has_waited_for_holds_no_further_one() -> None:
    answers_first = AnswersFirst()
    come_and_go(answers_first, BURST)
    await answers_first.turn()

    with pytest.raises(StopIteration):
        answers_first.turn().send(None)

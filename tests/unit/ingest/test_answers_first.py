"""What is stored is published once nobody waits for an answer, or soon."""

import pytest

from novalgo_ingest.answers_first import AnswersFirst
from tests.waiting import until

pytestmark = pytest.mark.anyio


class Published:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


async def test_without_webhooks_it_is_published_at_once() -> None:
    published = Published()

    AnswersFirst(published).committed()

    assert published.times == 1


async def test_a_burst_is_published_once_it_is_answered() -> None:
    published = Published()
    answers_first = AnswersFirst(published)

    with answers_first.answering():
        with answers_first.answering():
            answers_first.committed()
            answers_first.committed()
        assert published.times == 0

    assert published.times == 1


async def test_webhooks_that_never_stop_coming_do_not_stop_it() -> None:
    published = Published()
    answers_first = AnswersFirst(published)

    with answers_first.answering():
        answers_first.committed()
        await until(lambda: published.times == 1)
        answers_first.committed()
        await until(lambda: published.times == 2)


async def test_a_webhook_that_stored_nothing_publishes_nothing() -> None:
    published = Published()

    with AnswersFirst(published).answering():
        pass

    assert published.times == 0

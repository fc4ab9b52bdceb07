"""The RabbitMQ that the benchmarks use: the one that the tests would, else a private node."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.rabbitmq import private_node


@contextmanager
def rabbitmq() -> Iterator[str | None]:
    """Yield the address of a RabbitMQ, or None where there can be none."""
    given = os.environ.get("NOVALGO_TEST_AMQP_URL")
    with ExitStack() as stack:
        yield given or _private(stack)


def _private(stack: ExitStack) -> str | None:
    try:
        return stack.enter_context(private_node()).url
    except (pytest.skip.Exception, pytest.fail.Exception):  # how it says that there is none
        return None

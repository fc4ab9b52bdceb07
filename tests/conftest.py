import os

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import database_url, postgres_url
from tests.rabbitmq import amqp_url, broker, fresh_amqp_url
from tests.stores import on_both

__all__ = [
    "amqp_url",
    "anyio_backend",
    "broker",
    "database_url",
    "fresh_amqp_url",
    "on_both",
    "postgres_url",
]

# A machine that is busy is slow, and nothing is wrong with the test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pytest_xdist_auto_num_workers() -> int:
    """Run the tests in two processes a core: many wait more than they compute.

    Each has a broker and a database of its own, so one that was given to all serves one process.
    """
    shared = {"NOVALGO_TEST_AMQP_URL", "NOVALGO_TEST_DATABASE_URL"} & os.environ.keys()
    return 1 if shared else 2 * len(os.sched_getaffinity(0))

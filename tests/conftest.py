import pytest

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


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

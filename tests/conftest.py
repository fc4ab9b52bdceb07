import pytest

from tests.postgres import database_url, postgres_url
from tests.rabbitmq import amqp_url, broker, fresh_amqp_url

__all__ = ["amqp_url", "anyio_backend", "broker", "database_url", "fresh_amqp_url", "postgres_url"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

import pytest

from tests.rabbitmq import amqp_url, broker, fresh_amqp_url

__all__ = ["amqp_url", "anyio_backend", "broker", "fresh_amqp_url"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

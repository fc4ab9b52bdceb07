"""The bus on RabbitMQ.  Nothing outside this package knows its client library."""

from novalgo_common.rabbitmq.bus import RabbitBus

__all__ = ["RabbitBus"]

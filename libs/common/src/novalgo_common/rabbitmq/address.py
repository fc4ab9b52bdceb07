"""Where RabbitMQ is: `amqp://user:password@host:port/vhost`."""

from contextlib import suppress
from urllib.parse import urlsplit

from novalgo_common.errors import SettingsError


def public_address(amqp_url: str) -> str:
    """Return the part of the address that is no secret."""
    with suppress(ValueError):
        parts = urlsplit(amqp_url)
        if parts.scheme in ("amqp", "amqps") and parts.hostname:
            return f"{parts.hostname}:{parts.port or 5672}"
    raise SettingsError("NOVALGO_AMQP_URL: write it as amqp://user:password@host:port/vhost")

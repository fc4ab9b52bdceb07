"""Connections that come back, and queues that are as we want them."""

import asyncio
from collections.abc import Awaitable, Callable

from aio_pika import connect_robust
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection, AbstractRobustQueue
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ChannelPreconditionFailed,
    ProbableAuthenticationError,
    ProtocolSyntaxError,
)
from aiormq import spec

from novalgo_common.errors import SettingsError, UnavailableError
from novalgo_common.rabbitmq.address import public_address
from novalgo_common.rabbitmq.quorum import Arguments
from novalgo_common.rabbitmq.transport import JoiningConnection

_CONNECT_SECONDS = 10.0
_HEARTBEAT_SECONDS = 10
_START_SECONDS = 30.0
_START_PAUSE_SECONDS = 1.0


async def open_connection(amqp_url: str, name: str) -> AbstractRobustConnection:
    address = public_address(amqp_url)
    separator = "&" if "?" in amqp_url else "?"
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await connect_robust(
                f"{amqp_url}{separator}heartbeat={_HEARTBEAT_SECONDS}",
                client_properties={"connection_name": f"novalgo {name}"},
                reconnect_interval=1,
                connection_class=JoiningConnection,
            )
    except (AuthenticationError, ProbableAuthenticationError):
        raise SettingsError("NOVALGO_AMQP_URL: RabbitMQ refuses the user or password") from None
    except ProtocolSyntaxError:  # how the client takes a refusal of the vhost
        raise SettingsError(
            "NOVALGO_AMQP_URL: RabbitMQ has no such vhost, or the user may not enter it"
        ) from None
    except (TimeoutError, *CONNECTION_EXCEPTIONS):
        raise UnavailableError(f"RabbitMQ at {address} does not answer") from None


async def patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Do it again for a while.

    A broker that has just started answers before its quorum queues have leaders, and closes the
    connection (541) of whoever asks for them.
    """
    try:
        async with asyncio.timeout(_START_SECONDS):
            while True:
                try:
                    await act()
                    return
                except CONNECTION_EXCEPTIONS:
                    await asyncio.sleep(_START_PAUSE_SECONDS)
    except TimeoutError:
        raise UnavailableError("RabbitMQ does not get its queues ready") from None


async def declare(
    channel: AbstractRobustChannel, name: str, arguments: Arguments
) -> AbstractRobustQueue:
    try:
        return await channel.declare_queue(name, durable=True, arguments=dict(arguments))
    except ChannelPreconditionFailed:
        raise SettingsError(
            f"NOVALGO_AMQP_URL: the queue {name} is there with other arguments than ours; "
            "delete it when it is empty, or use another vhost"
        ) from None


async def state_of(channel: AbstractRobustChannel, name: str) -> spec.Queue.DeclareOk:
    """Return how many messages and consumers a queue has; a missing one closes the channel.

    The channel comes back by itself.
    """
    queue = await channel.declare_queue(name, passive=True, robust=False)
    return queue.declaration_result

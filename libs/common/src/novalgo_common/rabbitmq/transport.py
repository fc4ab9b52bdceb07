"""The socket to RabbitMQ: messages that are published together leave together."""

import asyncio
from typing import Any, cast

from aio_pika import RobustConnection
from aiormq.connection import (
    Connection,
    TCPTransportFactory,
    TLSTransportFactory,
    TransportFactory,
)

from novalgo_common.one_write import OneWrite

Connection.FRAME_BUFFER_SIZE = 1000
"""Messages on their way to the socket.  The client's own 10 would hold up a batch there: of what
came after them each would wait for the one before, and leave by itself."""


class _Joining(TransportFactory):
    """Connects as the client does; what it then writes message by message is joined."""

    async def create(
        self, url: Any, **kwargs: Any
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        plain = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, writer = await plain.create(url, **kwargs)
        loop = asyncio.get_running_loop()
        # The writer stays the client's own: a second one would close the transport when it goes.
        writer._transport = OneWrite(  # type: ignore[attr-defined]
            cast(asyncio.Transport, writer.transport), loop
        )
        return reader, writer


class JoiningConnection(RobustConnection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kwargs["transport_factory"] = _Joining()

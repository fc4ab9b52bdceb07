"""A TCP proxy before one link of the system, to make that link as bad as networks get."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 64 * 1024


class Proxy:
    """Passes bytes on to a port of loopback.  `delay` and `bytes_per_second` hold at once."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.delay = 0.0
        """Seconds that each chunk waits, in either direction."""
        self.bytes_per_second: float | None = None
        self._target_port = target_port
        self._passable = asyncio.Event()
        self._passable.set()
        self._ends: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, target_port: int) -> "AsyncIterator[Proxy]":
        """Listen on a free port, where nothing need listen on the target yet."""
        proxy = cls(target_port)
        server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy._passable.set()
            proxy.cut()

    def cut(self) -> None:
        """Reset every connection; new ones work."""
        for end in self._ends:
            end.transport.abort()

    def swallow(self) -> None:
        """Keep every connection, old and new, and let no byte through: half-open."""
        self._passable.clear()

    def heal(self) -> None:
        """Work again; the connections that were held meanwhile are lost, as a router loses them."""
        self.delay, self.bytes_per_second = 0.0, None
        if not self._passable.is_set():
            self.cut()
            self._passable.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            await self._passable.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._ends.add(back)
            try:
                await self._join((reader, back), (there, writer))
            finally:
                self._ends.discard(back)
                back.close()
        except OSError:
            writer.transport.abort()
        finally:
            self._ends.discard(writer)
            writer.close()

    async def _join(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        pumps = [asyncio.create_task(self._pump(*way)) for way in ways]
        # Where one side ends the other has nothing more to say: no protocol here half-closes.
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(self._most_at_once()):
            await self._passable.wait()
            await asyncio.sleep(self._seconds_for(chunk))
            writer.write(chunk)
            await writer.drain()

    def _most_at_once(self) -> int:
        # A narrow link passes little at a time, or it would hold a chunk long after it is healed.
        return CHUNK if self.bytes_per_second is None else max(1, int(self.bytes_per_second / 4))

    def _seconds_for(self, chunk: bytes) -> float:
        return self.delay + (len(chunk) / self.bytes_per_second if self.bytes_per_second else 0.0)

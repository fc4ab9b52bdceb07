"""The floor of ingest: a bare FastAPI endpoint that does one fsynced, group-committed insert.

Nothing that stores an alert before it answers can cost less, with this framework and database.
"""

import asyncio
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Request

from bench.bare_server import serve


class GroupCommit:
    """Inserts that wait at the same moment share one transaction."""

    def __init__(self, path: str) -> None:
        self._writer = ThreadPoolExecutor(1)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE alerts (id INTEGER PRIMARY KEY, body BLOB)")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def insert(self, body: bytes) -> None:
        """Return once the body is on disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((body, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await loop.run_in_executor(self._writer, self._commit, [body for body, _ in batch])
            for _, done in batch:
                done.set_result(None)

    def _commit(self, bodies: list[bytes]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for body in bodies:
            self._connection.execute("INSERT INTO alerts (body) VALUES (?)", (body,))
        self._connection.execute("COMMIT")


def app(path: str) -> FastAPI:
    commits = GroupCommit(path)
    floor = FastAPI()

    @floor.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @floor.post("/webhook")
    async def webhook(request: Request) -> dict[str, str]:
        await commits.insert(await request.body())
        return {"status": "success"}

    return floor


if __name__ == "__main__":
    serve(app(sys.argv[2]), port=int(sys.argv[1]))

"""The websocket /stream: trade_updates."""

import asyncio
import json
from typing import Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import Response

from novalgo_simulator.api.connection import stop_reading
from novalgo_simulator.api.door import Keys
from novalgo_simulator.api.wire import Json
from novalgo_simulator.broker.hub import Hub
from novalgo_simulator.faults import Faults, Manner

Frames = Literal["binary", "text"]


def stream_router(hub: Hub, keys: Keys, frames: Frames, faults: Faults) -> APIRouter:
    router = APIRouter()

    @router.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        manner = faults.on_listener(hub.listeners)
        if manner is Manner.REFUSED:
            await socket.send_denial_response(Response(status_code=429))
            return
        await socket.accept()
        conversation = _Conversation(socket, hub, keys, frames, manner)
        try:
            await conversation.hold()
        except WebSocketDisconnect:
            return

    return router


class _Conversation:
    """A client authenticates, then listens; anything else is answered by a closed socket."""

    def __init__(
        self, socket: WebSocket, hub: Hub, keys: Keys, frames: Frames, manner: Manner
    ) -> None:
        self._socket = socket
        self._hub = hub
        self._keys = keys
        self._frames = frames
        self._manner = manner

    async def hold(self) -> None:
        if not await self._authorized():
            await self._socket.close(code=1008)
            return
        await self._asked_to_listen()
        # Whoever hears that it listens must miss nothing from then on: join first, say so after.
        with self._hub.listening() as updates:
            await self._say(
                {"stream": "listening", "data": {"streams": ["trade_updates"]}},
            )
            if self._manner is Manner.DEAD:
                stop_reading(self._socket._receive)
            sending = asyncio.create_task(self._send_all(updates))
            try:
                while True:
                    await self._heard()
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _authorized(self) -> bool:
        message = await self._heard()
        data = message.get("data")
        given = data if isinstance(data, dict) else message
        # The documents name the action `auth` with key and secret; the SDKs `authenticate`.
        key_id = str(given.get("key_id") or given.get("key") or "")
        secret = str(given.get("secret_key") or given.get("secret") or "")
        status = "authorized" if self._keys.fit(key_id, secret) else "unauthorized"
        action = str(message.get("action", "authenticate"))
        await self._say({"stream": "authorization", "data": {"status": status, "action": action}})
        return status == "authorized"

    async def _asked_to_listen(self) -> None:
        while (await self._heard()).get("action") != "listen":
            pass

    async def _send_all(self, updates: asyncio.Queue[str]) -> None:
        while True:
            update = await updates.get()
            if self._manner is Manner.ORDINARY:
                await self._send(update)

    async def _say(self, message: Json) -> None:
        await self._send(json.dumps(message))

    async def _send(self, frame: str) -> None:
        if self._frames == "binary":
            await self._socket.send_bytes(frame.encode())
        else:
            await self._socket.send_text(frame)

    async def _heard(self) -> Json:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        try:
            heard = json.loads(message.get("text") or message.get("bytes") or b"{}")
        except ValueError:
            return {}
        return heard if isinstance(heard, dict) else {}

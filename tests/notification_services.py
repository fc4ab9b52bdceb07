"""Twilio, Slack, Telegram and Discord as far as a message goes: each checks what the real one does.

What each requires is from its documentation: Twilio "Messages resource", Slack "Sending messages
using incoming webhooks", Telegram "Bot API: sendMessage, sendPhoto", Discord "Execute Webhook".
"""

from base64 import b64encode
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

SID, TOKEN = "AC" + "0" * 32, "madeuptwiliotoken000000000000000"
SLACK = ("T0MADEUP1", "B0MADEUP2", "madeUpSlackToken12345678")
BOT, CHAT = "123456789:made-up_telegram-token-0123456789ab", "987654321"
DISCORD = ("100000000000000001", "made-up-discord-token")


@dataclass
class Services:
    """What arrived, by service; `refused` says what a real one would not have taken."""

    twilio: list[dict[str, Any]] = field(default_factory=list)
    slack: list[dict[str, Any]] = field(default_factory=list)
    telegram: list[dict[str, Any]] = field(default_factory=list)
    discord: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_up: bool = True

    def app(self, _port: int) -> FastAPI:
        app = FastAPI()
        app.post("/2010-04-01/Accounts/{sid}/Messages.json")(self._twilio)
        app.post("/services/{team}/{bot}/{token}")(self._slack)
        app.post("/bot{token}/sendMessage")(self._telegram)
        app.post("/bot{token}/sendPhoto")(self._photo)
        app.post("/api/webhooks/{hook}/{token}")(self._discord)
        return app

    async def _twilio(self, sid: str, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        expected = b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if sid != SID or request.headers.get("Authorization") != f"Basic {expected}":
            return self._refuse("twilio", 401, {"code": 20003, "message": "Authenticate"})
        if not str(form.get("To", "")).startswith("+") or not form.get("From"):
            return self._refuse("twilio", 400, {"code": 21211, "message": "Invalid 'To'"})
        if not 0 < len(str(form.get("Body", ""))) <= 1600:
            return self._refuse("twilio", 400, {"code": 21617, "message": "Body too long"})
        if not self.is_up:
            return JSONResponse({"code": 20500, "message": "Internal Server Error"}, 500)
        self.twilio.append(form)
        return JSONResponse({"sid": "SM" + "0" * 32, "status": "queued"}, 201)

    async def _slack(self, team: str, bot: str, token: str, request: Request) -> Response:
        if (team, bot, token) != SLACK:
            return self._refuse("slack", 403, "invalid_token")
        if not request.headers["Content-Type"].startswith("application/json"):
            return self._refuse("slack", 400, "invalid_payload")
        body = await request.json()
        if not (body.get("text") or body.get("attachments") or body.get("blocks")):
            return self._refuse("slack", 400, "no_text")
        self.slack.append(body)
        return PlainTextResponse("ok")

    async def _telegram(self, token: str, request: Request) -> Response:
        body = await request.json()
        if token != BOT:
            return self._refuse("telegram", 401, {"ok": False, "description": "Unauthorized"})
        if str(body.get("chat_id")) != CHAT:
            return self._refuse("telegram", 400, {"ok": False, "description": "chat not found"})
        if not 0 < len(body.get("text", "")) <= 4096:
            return self._refuse("telegram", 400, {"ok": False, "description": "message is long"})
        self.telegram.append(body)
        return JSONResponse({"ok": True, "result": {"message_id": 1}})

    async def _photo(self, token: str, request: Request) -> Response:
        form = await _multipart(request)
        photo = form.get("photo")
        if token != BOT or photo is None or not photo[1].startswith(b"\x89PNG"):
            return self._refuse("telegram", 400, {"ok": False, "description": "no photo"})
        if form["chat_id"][1].decode() != CHAT:
            return self._refuse("telegram", 400, {"ok": False, "description": "chat not found"})
        caption = form["caption"][1].decode() if "caption" in form else ""
        self.telegram.append({"photo": photo[0], "caption": caption})
        return JSONResponse({"ok": True, "result": {"message_id": 2}})

    async def _discord(self, hook: str, token: str, request: Request) -> Response:
        if (hook, token) != DISCORD:
            return self._refuse("discord", 401, {"message": "Invalid Webhook Token"})
        if request.headers["Content-Type"].startswith("multipart/form-data"):
            form = await _multipart(request)
            self.discord.append({"files": [name for name, _ in form.values() if name]})
            return JSONResponse({"id": "1"})
        body = await request.json()
        if not (body.get("content") or body.get("embeds")) or len(body.get("content", "")) > 2000:
            return self._refuse("discord", 400, {"code": 50006, "message": "Cannot send empty"})
        self.discord.append(body)
        return Response(status_code=204)

    def _refuse(self, service: str, status: int, body: Any) -> Response:
        self.refused.append(f"{service} {status}: {body}")
        if isinstance(body, str):
            return PlainTextResponse(body, status)
        return JSONResponse(body, status)


async def _multipart(request: Request) -> dict[str, tuple[str | None, bytes]]:
    """Return the fields of a form: the name of its file, if it is one, and its content."""
    header = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form = message_from_bytes(header + await request.body())
    return {
        str(part.get_param("name", header="Content-Disposition")): (
            part.get_filename(),
            bytes(part.get_payload(decode=True)),
        )
        for part in form.walk()
        if not part.is_multipart()
    }

"""Answers that many pages get at the same moments: written and packed once for all of them."""

import asyncio
import gzip
from dataclasses import dataclass

from fastapi import Request, Response
from pydantic import BaseModel

LEVEL = 5


@dataclass(frozen=True, slots=True)
class Encoded:
    plain: bytes
    packed: bytes

    @classmethod
    async def of(cls, answer: BaseModel) -> "Encoded":
        return await asyncio.to_thread(cls._written, answer)

    @classmethod
    def _written(cls, answer: BaseModel) -> "Encoded":
        plain = answer.model_dump_json().encode()
        return cls(plain, gzip.compress(plain, LEVEL, mtime=0))

    def response(self, request: Request) -> Response:
        """Return the answer as the browser takes it."""
        headers = {"Vary": "Accept-Encoding"}
        takes_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        if takes_packed:
            headers["Content-Encoding"] = "gzip"
        body = self.packed if takes_packed else self.plain
        return Response(body, media_type="application/json", headers=headers)

"""Sends what the strategies draw, and judges every answer: a promised one, with no secret in it."""

import json
from collections import Counter
from dataclasses import dataclass, field

import httpx2

from tests.fuzzed_ingest import CANARY, KEY, FuzzedIngest

PROMISED = {
    "/webhook": {200, 400, 401, 403, 413, 415, 429},
    "/webhook/preview": {200, 400, 413, 415},
    "/signals": {200, 400},
}


@dataclass
class Attack:
    ingest: FuzzedIngest
    client: httpx2.Client
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def message(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        keyed = {**headers, "X-API-Key": KEY} if path != "/webhook" else headers
        self._judge(path, self.client.post(path, content=body, headers=keyed))

    def search(self, query: dict[str, str]) -> None:
        headers = {"X-API-Key": KEY}
        self._judge("/signals", self.client.get("/signals", params=query, headers=headers))

    def _judge(self, path: str, response: httpx2.Response) -> None:
        self.statuses[path, response.status_code] += 1
        assert response.status_code in PROMISED[path], (path, response.status_code, response.text)
        assert CANARY not in response.text, "the secret is in an answer"
        if response.headers["content-type"] == "application/json":
            json.loads(response.text)


def leaks(ingest: FuzzedIngest) -> list[str]:
    """Return the names of the files that the service wrote the secret to."""
    return [name for name, written in ingest.said() if CANARY.encode() in written]


def failures(ingest: FuzzedIngest) -> list[str]:
    """Return the lines of the log that tell of an exception that nobody foresaw."""
    log = dict(ingest.said())["log"].decode("utf-8", "replace")
    unforeseen = ("webhook.failed", "background.failed", "Traceback", "Exception in ASGI")
    return [line for line in log.splitlines() if any(word in line for word in unforeseen)]

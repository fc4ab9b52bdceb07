"""How the other services are, by their own word: `/ready` of each is asked every few seconds, and
more seldom while no page is open.

Nobody who looks at the page waits for it: what was heard last is told, with its time.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count

import httpx2

from novalgo_analytics.page.condition import Condition, Neighbour
from novalgo_common.clock import Clock

INTERVAL = 3.0
"""Seconds from one round to the next."""
UNWATCHED = 4
"""While no page is open and all are ready, one round of so many asks."""
ANSWERS_WITHIN = 2.0


class Neighbours:
    """Calls `changed` when one of them is not as it was."""

    def __init__(
        self,
        addresses: Mapping[str, str],
        clock: Clock,
        changed: Callable[[], None],
        is_watched: Callable[[], bool],
    ) -> None:
        self.addresses = addresses
        self._clock = clock
        self._changed = changed
        self._is_watched = is_watched
        self.seen = {name: Neighbour(name=name, condition=Condition.UNKNOWN) for name in addresses}

    async def run(self) -> None:
        """Ask for ever."""
        async with httpx2.AsyncClient(timeout=ANSWERS_WITHIN, trust_env=False) as client:
            for turn in count():
                if self.is_due(turn):
                    await self.ask(client)
                await asyncio.sleep(INTERVAL)

    def is_due(self, turn: int) -> bool:
        """Say whether a round is for asking: most are not while nobody looks and all is well."""
        is_well = all(each.condition is Condition.READY for each in self.seen.values())
        return turn % UNWATCHED == 0 or not is_well or self._is_watched()

    async def ask(self, client: httpx2.AsyncClient) -> None:
        """Ask each of them once, all at a time."""
        answers = [self._ask(client, name, url) for name, url in self.addresses.items()]
        for heard in await asyncio.gather(*answers):
            before = self.seen[heard.name]
            is_like = heard.is_like(before)
            same = heard.condition is before.condition
            self.seen[heard.name] = replace(heard, since=before.since if same else heard.checked_at)
            if not is_like:
                self._changed()

    async def _ask(self, client: httpx2.AsyncClient, name: str, url: str) -> Neighbour:
        condition, problems = Condition.DOWN, {"answer": f"{name} does not answer at {url}"}
        mailbox = None
        with suppress(httpx2.TransportError, TimeoutError):
            async with asyncio.timeout(ANSWERS_WITHIN):
                response = await client.get(f"{url}/ready")
                condition, problems = _read(response)
                if name == "ingest":
                    mailbox = _mailbox(await client.get(f"{url}/health"))
        return Neighbour(
            name=name,
            condition=condition,
            problems=problems,
            checked_at=self._clock(),
            mailbox=mailbox,
        )


def _read(response: httpx2.Response) -> tuple[Condition, dict[str, str]]:
    if response.status_code == 200:
        return Condition.READY, {}
    with suppress(ValueError, AttributeError, KeyError, TypeError):
        problems = response.json()["problems"].items()
        return Condition.NOT_READY, {str(name): str(told) for name, told in problems}
    return Condition.NOT_READY, {"answer": f"it answered {response.status_code}"}


def _mailbox(response: httpx2.Response) -> str | None:
    with suppress(ValueError, AttributeError, KeyError, TypeError):
        health = response.json()
        return "; ".join(health["mailbox_problems"]) if health["has_mailbox"] else None
    return None

"""The dead letters: what each was, and its way back into its queue."""

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException

from novalgo_analytics.page.api.words import Body
from novalgo_analytics.page.dead_letters import LetterSeen, letter_seen
from novalgo_analytics.page.sources import Sources
from novalgo_common.credentials import Credential
from novalgo_common.errors import PublishError
from novalgo_common.events import ReplayRequested

TAKEN_WITHIN = 10.0


class DeadLetter(Body):
    """A message that could not be handled."""

    letter_id: str
    queue: str
    service: str
    error: str
    died_at: datetime | None
    message: str | None
    """Its type; null of what is no event."""
    action: str | None
    symbol: str | None
    timeframe: str | None
    happened_at: datetime | None
    signal_id: UUID | None
    text: str
    can_replay: bool
    consequence: str
    """What comes of a replay."""


class DeadLetters(Body):
    """The oldest of them."""

    dead_letters: list[DeadLetter]
    total: int


class Replayed(Body):
    request_id: UUID
    """Of the request in the journal."""
    queue: str
    died_again: bool
    """Known at once in one process; over RabbitMQ a second death shows in the list."""


def dead_letter_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["dead letters"])

    @router.get("/deadletters")
    async def dead_letters() -> DeadLetters:
        letters = await sources.bus.dead_letters()
        return DeadLetters(
            dead_letters=[DeadLetter.model_validate(letter_seen(each)) for each in letters],
            total=max(len(letters), sources.bus.dead_letter_count()),
        )

    @router.post("/control/replay/{letter_id}")
    async def replay(
        letter_id: str, holder: Annotated[Credential, Depends(sources.access.controller)]
    ) -> Replayed:
        """Hand it to its queue again.  The journal keeps the request, with the key's name."""
        letter = await _find(sources, letter_id)
        if not letter.can_replay:
            raise HTTPException(409, letter.consequence)
        request_id = sources.new_id()
        await sources.store.order(
            ReplayRequested(
                event_id=request_id,
                correlation_id=request_id,
                occurred_at=sources.clock(),
                letter=letter.letter_id,
                queue=letter.queue,
                message=letter.message,
                reason=f"ordered on the page (key {holder.name})",
            )
        )
        await _replay(sources, letter)
        left = {each.letter_id for each in await sources.bus.dead_letters()}
        return Replayed(
            request_id=request_id, queue=letter.queue, died_again=letter.letter_id in left
        )

    return router


async def _find(sources: Sources, letter_id: str) -> LetterSeen:
    for letter in await sources.bus.dead_letters():
        if letter.letter_id == letter_id:
            return letter_seen(letter)
    raise HTTPException(404, "There is no such dead letter: it may have been replayed already")


async def _replay(sources: Sources, letter: LetterSeen) -> None:
    try:
        async with asyncio.timeout(TAKEN_WITHIN):
            await sources.bus.replay(letter.letter_id)
    except TimeoutError:
        raise HTTPException(
            503, f"{letter.service} has not answered yet; it may still take the message. Look again"
        ) from None
    except PublishError as error:
        raise HTTPException(503, f"It is still a dead letter: {error}") from None

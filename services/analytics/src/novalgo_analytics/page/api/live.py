"""What happens, as it happens, by server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.sse import EventSourceResponse

from novalgo_analytics.page.sources import Sources

STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {EventSourceResponse.media_type: {}}}}
HEADERS = {"X-Accel-Buffering": "no"}


def live_routes(sources: Sources) -> APIRouter:
    router = APIRouter(tags=["live"])

    @router.get("/live", response_class=Response, responses=STREAM)
    async def live(
        after: Annotated[
            int | None, Query(ge=0, description="A position of the journal; else what comes now")
        ] = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> EventSourceResponse:
        """Each journaled event once, in order; its id is its position in the journal.

        A browser that was cut off names the last id by itself, and goes on behind it.  `reset` says
        that too much was missed: load everything again.  `notice` says that a service's condition
        changed, `beat` that the line is alive; neither has an id.
        """
        place = after if after is not None else sources.feed.position
        if last_event_id and last_event_id.isascii() and last_event_id.isdecimal():
            place = int(last_event_id[:18])
        return EventSourceResponse(sources.feed.listen(place), headers=HEADERS)

    return router

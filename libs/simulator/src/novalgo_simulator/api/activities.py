"""/v2/account/activities"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile, islice
from typing import Self

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import QueryParams

from novalgo_simulator.api.answers import moment_of, refused
from novalgo_simulator.api.wire import activity_id, activity_json
from novalgo_simulator.broker.errors import invalid
from novalgo_simulator.broker.order import Fill, Movement, Undoing
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.session import NEW_YORK

_FILL = "FILL"


def activities_router(venue: Venue) -> APIRouter:
    """Fills are the only activities that are simulated; of any other kind there are none."""
    router = APIRouter(prefix="/v2/account/activities")

    @router.get("")
    async def every(request: Request) -> Response:
        kinds = request.query_params.get("activity_types")
        return _page(venue, request.query_params, is_fills=kinds is None or _FILL in kinds)

    @router.get("/{activity_type}")
    async def of_type(activity_type: str, request: Request) -> Response:
        return _page(venue, request.query_params, is_fills=activity_type == _FILL)

    return router


def _page(venue: Venue, query: QueryParams, *, is_fills: bool) -> Response:
    try:
        page = FillPage.of(query)
    except ValueError:
        return refused(invalid("invalid query parameter"))
    found = page.select(_listed(venue.ledger.movements)) if is_fills else ()
    return JSONResponse([activity_json(fill) for fill in found])


def _listed(movements: Iterable[Movement]) -> list[Fill]:
    """Return the executions; Alpaca does not say that one was undone, so both versions are here."""
    stated = (each.corrected if isinstance(each, Undoing) else each for each in movements)
    return [each for each in stated if isinstance(each, Fill)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPage:
    """The newest first, unless asked for the oldest; the bounds of time are exclusive.

    The page after `token`, an activity's id, begins with the activity that follows it.
    """

    size: int
    token: str | None
    order_id: str | None
    after: datetime | None
    until: datetime | None
    ascending: bool

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Read the query; raise ValueError where it cannot be read."""
        size = int(query.get("page_size", "100"))
        if not 1 <= size <= 100:
            raise ValueError(size)
        after, until = moment_of(query.get("after")), moment_of(query.get("until"))
        if query.get("date"):
            after, until = _bounds_of_day(query["date"])
        return cls(
            size=size,
            token=query.get("page_token") or None,
            order_id=query.get("order_id"),
            after=after,
            until=until,
            ascending=query.get("direction", "desc") == "asc",
        )

    def select(self, fills: list[Fill]) -> Iterator[Fill]:
        listed = filter(self._lists, fills if self.ascending else reversed(fills))
        if self.token is None:
            return islice(listed, self.size)
        from_token = dropwhile(lambda fill: activity_id(fill) != self.token, listed)
        return islice(from_token, 1, 1 + self.size)

    def _lists(self, fill: Fill) -> bool:
        return (
            (self.after is None or fill.at > self.after)
            and (self.until is None or fill.at < self.until)
            and self.order_id in (None, str(fill.order_id))
        )


def _bounds_of_day(text: str) -> tuple[datetime, datetime]:
    midnight = datetime.fromisoformat(text[:10]).replace(tzinfo=NEW_YORK)
    return midnight - timedelta(microseconds=1), midnight + timedelta(days=1)

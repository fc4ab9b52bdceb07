"""/v2/account/activities"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import dropwhile, islice
from typing import Self, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import QueryParams

from novalgo_simulator.api.answers import moment_of, refused
from novalgo_simulator.api.wire import Json, activity_id, activity_json, cash_json
from novalgo_simulator.broker.cash import CashActivity
from novalgo_simulator.broker.errors import invalid
from novalgo_simulator.broker.order import Fill
from novalgo_simulator.broker.span import between
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.session import NEW_YORK

Activity: TypeAlias = Fill | CashActivity
_FILL = "FILL"


def activities_router(venue: Venue) -> APIRouter:
    """Fills, and what `/sim/cash` has booked; of any other kind there are none."""
    router = APIRouter(prefix="/v2/account/activities")

    @router.get("")
    async def every(request: Request) -> Response:
        query = request.query_params
        kinds = query.get("activity_types")
        if kinds is not None and "category" in query:
            return refused(invalid("category cannot be used with activity_types"))
        if kinds is not None:
            return _page(venue, query, lambda activity: _kind(activity) in kinds.split(","))
        wanted = {"trade_activity": Fill, "non_trade_activity": CashActivity}
        kind = wanted.get(query.get("category", ""), (Fill, CashActivity))
        return _page(venue, query, lambda activity: isinstance(activity, kind))

    @router.get("/{activity_type}")
    async def of_type(activity_type: str, request: Request) -> Response:
        return _page(venue, request.query_params, lambda activity: _kind(activity) == activity_type)

    return router


def _page(venue: Venue, query: QueryParams, is_wanted: Callable[[Activity], bool]) -> Response:
    try:
        page = ActivityPage.of(query)
    except ValueError:
        return refused(invalid("invalid query parameter"))
    listed = filter(is_wanted, page.select(venue.ledger.activities))
    return JSONResponse([_json(activity) for activity in islice(listed, page.size)])


def _kind(activity: Activity) -> str:
    return _FILL if isinstance(activity, Fill) else activity.activity_type


def _json(activity: Activity) -> Json:
    return activity_json(activity) if isinstance(activity, Fill) else cash_json(activity)


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """The newest first, unless asked for the oldest; the bounds of time are exclusive.

    The page after `token`, an activity's id, begins with the activity that follows it.
    """

    size: int
    token: str | None
    order_id: str | None
    after: datetime | None
    until: datetime | None
    ascending: bool

    @cached_property
    def token_id(self) -> UUID | None:
        """The activity's own half of the token; None where it is no activity's id."""
        try:
            return UUID((self.token or "").partition("::")[2])
        except ValueError:
            return None

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

    def select(self, activities: Sequence[Activity]) -> Iterator[Activity]:
        """Yield what may be on the page, first things first; they are given oldest first."""
        listed = between(activities, lambda activity: activity.at, self.after, self.until)
        ordered = iter(listed) if self.ascending else reversed(listed)
        if self.token is not None:
            ordered = islice(dropwhile(self._is_before_token, ordered), 1, None)
        return filter(self._is_of_order, ordered)

    def _is_before_token(self, activity: Activity) -> bool:
        own = activity.execution_id if isinstance(activity, Fill) else activity.id
        # The whole id is spelled out for the one alone: that takes its time.
        return own != self.token_id or activity_id(activity) != self.token

    def _is_of_order(self, activity: Activity) -> bool:
        if self.order_id is None:
            return True
        return isinstance(activity, Fill) and str(activity.order_id) == self.order_id


def _bounds_of_day(text: str) -> tuple[datetime, datetime]:
    midnight = datetime.fromisoformat(text[:10]).replace(tzinfo=NEW_YORK)
    return midnight - timedelta(microseconds=1), midnight + timedelta(days=1)

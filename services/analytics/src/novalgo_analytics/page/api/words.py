"""What the answers of the API are made of."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, TypeAlias

from fastapi import HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, PlainSerializer

from novalgo_analytics.summary import exact
from novalgo_common.clock import PACIFIC
from novalgo_common.formulas import harmless

Amount: TypeAlias = Annotated[Decimal, PlainSerializer(exact, return_type=str, when_used="json")]
"""Dollars, shares or a price: exact, as a string."""
Limit: TypeAlias = Annotated[int, Query(ge=1, le=500, description="How many at most")]
Before: TypeAlias = Annotated[
    str | None, Query(max_length=100, description="`before` of the page that came before")
]
Day: TypeAlias = Annotated[date | None, Query(description="A Pacific day, such as 2026-11-25")]
ROWS_OF_CSV = 100_000


class Body(BaseModel):
    """An answer.  Its fields are read from the values that the rest of analytics computes."""

    model_config = ConfigDict(from_attributes=True)


def of_day(day: date | None) -> tuple[datetime | None, datetime | None]:
    """Return when a Pacific day begins and ends."""
    if day is None:
        return None, None
    start = datetime.combine(day, time.min, PACIFIC)
    return start, datetime.combine(day + timedelta(days=1), time.min, PACIFIC)


def refuse_place() -> HTTPException:
    return HTTPException(400, "before: not one that a page of this list gave")


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a file that a spreadsheet opens."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=disposition)


def _cell(value: object) -> object:
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else harmless(str(value))

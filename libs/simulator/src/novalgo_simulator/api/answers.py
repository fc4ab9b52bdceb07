"""Values and refusals as HTTP answers, and the parameters that requests carry."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.wire import order_json
from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order import Order


def refused(refusal: Refusal) -> Response:
    return JSONResponse(refusal.body, status_code=refusal.status)


def order_answer(outcome: Order | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return refused(outcome)
    return JSONResponse(order_json(outcome))


def moment_of(text: str | None) -> datetime | None:
    """Read a date or a time; one without a zone is in UTC.  Raise ValueError on anything else."""
    if not text:
        return None
    # A `+` that was not escaped arrives as a blank.
    found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

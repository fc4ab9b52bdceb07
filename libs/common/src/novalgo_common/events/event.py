"""What every event is, and what an amount in it is."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer


def _refuse_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("an amount is a Decimal or its text, never a float")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_refuse_float),
    Field(allow_inf_nan=False),
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str, when_used="json"),
]
"""Dollars, shares or a price: exact, finite, and on the wire a string."""


def added_later(**limits: Any) -> Any:
    """Return an optional field that is left out where it is None: older readers never meet it."""
    return Field(default=None, exclude_if=lambda value: value is None, **limits)


def derived_id(cause: UUID, name: str) -> UUID:
    """Return the id of the event called `name` that `cause` brings about, the same every time."""
    return uuid5(cause, name)


class Event(BaseModel):
    """A fact, named in the past tense.  Readers ignore fields that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    event_id: UUID
    occurred_at: AwareDatetime
    correlation_id: UUID
    """The signal (or request) that started the chain; the same in every event it causes."""

    @property
    def key(self) -> str:
        """Events of one key are delivered in the order of their publication."""
        return str(getattr(self, "symbol", None) or self.type)

"""Events to bytes and back.  Compatibility is tested against committed samples."""

from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter, ValidationError

from novalgo_common.errors import PermanentError
from novalgo_common.events import EVENTS, Event

_EVENT_BY_TYPE: Any = Annotated[Union[EVENTS], Field(discriminator="type")]  # noqa: UP007
_ANY_EVENT: TypeAdapter[Event] = TypeAdapter(_EVENT_BY_TYPE)


def encode(event: Event) -> bytes:
    """Return the event as compact JSON."""
    return event.model_dump_json().encode()


def decode(body: bytes) -> Event:
    """Return the event; raise `PermanentError` for bytes that are none that we know."""
    try:
        return _ANY_EVENT.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise PermanentError(f"{where}: {first['msg']}") from None

"""What a message's properties are on the wire."""

from aio_pika import DeliveryMode
from aiormq import spec

from novalgo_common.rabbitmq.message import Envelope
from tests.builders import a_signal


def test_an_event_travels_under_the_name_of_each_attempt_to_send_it() -> None:
    event = a_signal()
    envelope = Envelope.of_event(event)

    for attempt in ("a 9", "a 10"):
        properties = envelope.properties(attempt)

        assert properties.message_id == attempt
        assert properties.marshal() == _as_the_client_has_it(
            attempt,
            headers={"event_id": str(event.event_id)},
            message_type=event.type,
            correlation_id=str(event.correlation_id),
        )


def test_a_letter_travels_with_its_headers_alone() -> None:
    headers = {"queue": "a queue", "error": "größer", "died_at": "now"}

    properties = Envelope(headers).properties("a 9")

    assert properties.marshal() == _as_the_client_has_it("a 9", headers=headers)


def _as_the_client_has_it(attempt: str, **changes: object) -> bytes:
    return spec.Basic.Properties(
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=attempt,
        **changes,  # type: ignore[arg-type]
    ).marshal()

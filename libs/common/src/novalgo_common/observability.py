"""Logs as JSON lines with the signal's id on each, and never a secret."""

import logging
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast
from uuid import UUID

import structlog

_HIDDEN_KEYS = ("secret", "password", "token", "api_key", "authorization", "amqp_url")
_REDACTED = "[redacted]"


def configure_logging(level: str, secrets: Iterable[str]) -> None:
    """Send every log line, the libraries' too, to stderr as one JSON object.

    `secrets` are texts that no line may hold, wherever in it they turn up.
    """
    hide = _hide({secret for secret in secrets if len(secret) >= 4})
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(cast(TextIO, _Stderr()))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Stderr:
    """Where lines go.  One that cannot be written (a closed pipe, a full disk) is given up:
    nothing that trades may stop because nobody can read its log."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


@contextmanager
def about(signal_id: UUID, **fields: str) -> Iterator[None]:
    """Put the signal's id, and `fields`, on every line that is logged inside."""
    with structlog.contextvars.bound_contextvars(signal_id=str(signal_id), **fields):
        yield


def _hide(secrets: set[str]) -> structlog.typing.Processor:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for secret in secrets:
                value = value.replace(secret, _REDACTED)
            return value
        if isinstance(value, dict):
            return {key: clean_field(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [clean(inner) for inner in value]
        return value

    def clean_field(key: str, value: Any) -> Any:
        if any(hidden in key.lower() for hidden in _HIDDEN_KEYS):
            return _REDACTED
        return clean(value)

    def hide(
        _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        return {key: clean_field(key, value) for key, value in event.items()}

    return hide

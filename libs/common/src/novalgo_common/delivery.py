"""What becomes of a message that a handler gets.  Both buses follow this one rule.

| the handler                        | the message                                          |
|------------------------------------|------------------------------------------------------|
| returns                            | is done                                              |
| raises `UnavailableError`          | is tried again until that ends                       |
| raises anything else               | is tried again, and is dead after `ATTEMPTS` of them |
| raises `PermanentError`            | is dead                                              |
| never sees it: it is no event      | is dead                                              |
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from novalgo_common.bus import ATTEMPTS, Handler
from novalgo_common.errors import NovAlgoError, PermanentError, UnavailableError
from novalgo_common.events import Event
from novalgo_common.tracing import span

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

_log = structlog.get_logger()


def pause_after(failures: int) -> float:
    """Return the seconds to wait after so many failures (1 or more) of one message."""
    return min(_FIRST_PAUSE * 2.0 ** min(failures - 1, 16), _LONGEST_PAUSE)


def describe(error: BaseException) -> str:
    """Return one line for a log.

    Libraries put what they were working on, and so perhaps a secret, below the first line.
    """
    if isinstance(error, NovAlgoError):
        return str(error) or type(error).__name__
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


async def deliver(event: Event, queue: str, handler: Handler, *, sleep: Sleep) -> str | None:
    """Bring the event to its handler; return None when that is done, else why it is dead."""
    error_text = await _try(event, queue, handler, sleep)
    if error_text is not None:
        _log.error("message.dead_lettered", error=error_text, **_fields(event, queue))
    return error_text


async def _try(event: Event, queue: str, handler: Handler, sleep: Sleep) -> str | None:
    failures = attempts = 0
    while True:
        try:
            with span(f"handle {event.type}", event.correlation_id, queue=queue):
                await handler(event)
            return None
        except PermanentError as error:
            return describe(error)
        except UnavailableError as error:
            reason = describe(error)
        except (Exception, asyncio.CancelledError) as error:
            if _is_cancelled():
                raise
            attempts += 1
            reason = describe(error)
            if attempts == ATTEMPTS:
                return reason
        failures += 1
        _log.warning("message.tried_again", error=reason, tries=failures, **_fields(event, queue))
        await sleep(pause_after(failures))


def _is_cancelled() -> bool:
    # Something inside the handler that was cancelled raises the same error, and is its failure.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _fields(event: Event, queue: str) -> dict[str, str]:
    return {
        "queue": queue,
        "type": event.type,
        "event_id": str(event.event_id),
        "correlation_id": str(event.correlation_id),
    }

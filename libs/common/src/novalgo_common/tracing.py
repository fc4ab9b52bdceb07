"""Traces: one for each signal, from its webhook to the sheet, where a collector is named.

The trace has the signal's id, and its first span one that follows from it.  So every service, and
every restart of one, finds its place in the trace by the events' `correlation_id` alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

NAME = "novalgo"
EXPORT_SECONDS = 2
"""What one export may take: a collector that hangs must not hold up the end of a service."""
_LAST_64_BITS = 2**64 - 1

_tracer: trace.Tracer | None = None
_beginning: ContextVar[UUID | None] = ContextVar("beginning", default=None)


@contextmanager
def tracing(endpoint: str | None, service: str) -> Iterator[None]:
    """Send spans to the collector (OTLP over HTTP, its base address) while the context is open.

    Nothing waits for the collector: what it does not take is dropped.  Without one this does
    nothing, and a span costs nothing.
    """
    global _tracer  # noqa: PLW0603 - of the process, as its log is
    if endpoint is None:
        yield
        return
    provider = _provider(endpoint, service)
    _tracer = provider.get_tracer(NAME)
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


@contextmanager
def span(name: str, signal_id: UUID, **attributes: str) -> Iterator[None]:
    """Make what happens inside a span of the signal's trace."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span(name, _inside(signal_id), attributes=attributes):
        yield


def begin(name: str, signal_id: UUID, since: datetime) -> None:
    """Make the time from `since` until now the first span of the signal's trace."""
    if _tracer is None:
        return
    token = _beginning.set(signal_id)
    try:
        _tracer.start_span(name, Context(), start_time=_nanoseconds(since)).end()
    finally:
        _beginning.reset(token)


def record(name: str, signal_id: UUID, since: datetime, **attributes: str) -> None:
    """Make the time from `since` until now a span of the signal's trace."""
    if _tracer is not None:
        start = _nanoseconds(since)
        _tracer.start_span(name, _inside(signal_id), start_time=start, attributes=attributes).end()


def _inside(signal_id: UUID) -> Context | None:
    """Return the span around, where it is of this signal, else the signal's first."""
    if trace.get_current_span().get_span_context().trace_id == signal_id.int:
        return None
    first = SpanContext(
        signal_id.int, _first_span(signal_id), is_remote=True, trace_flags=TraceFlags(1)
    )
    return trace.set_span_in_context(NonRecordingSpan(first), Context())


def _first_span(signal_id: UUID) -> int:
    return signal_id.int & _LAST_64_BITS or 1


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1e9)


def _provider(endpoint: str, service: str) -> "TracerProvider":
    # Not loaded where nobody asks for traces: it would double what the small services import.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            signal_id = _beginning.get()
            return signal_id.int if signal_id else super().generate_trace_id()

        def generate_span_id(self) -> int:
            signal_id = _beginning.get()
            return _first_span(signal_id) if signal_id else super().generate_span_id()

    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
    resource = Resource.create({"service.name": service, "service.namespace": NAME})
    provider = TracerProvider(id_generator=Ids(), resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider

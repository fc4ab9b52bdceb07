"""One trace for each signal, from its webhook to the sheet, where a collector is named."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.http_server import listening, serving
from tests.novalgo_process import Up, novalgo, running_up
from tests.waiting import until

pytestmark = pytest.mark.anyio

WAY = {
    "webhook",
    "publish signal.received.v1",
    "handle signal.received.v1",
    "perform Submit",
    "publish signal.ended.v1",
    "handle signal.ended.v1",
    "write to the sheet",
}


async def test_a_signal_is_one_trace_from_the_webhook_to_the_sheet(tmp_path: Path) -> None:
    with collecting() as (endpoint, spans):
        async with running_up(tmp_path, otlp_endpoint=endpoint) as up:
            signal_id = await sent(up)
            await until(lambda: {span.name for span in of(signal_id, spans)} >= WAY)

    trace = of(signal_id, spans)
    ids = {span.span_id for span in trace}
    [first] = [span for span in trace if not span.parent_span_id]
    assert first.name == "webhook"
    assert all(span.parent_span_id in ids for span in trace if span is not first)
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in trace)


async def test_a_collector_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    with listening() as (_, port):
        async with running_up(tmp_path, otlp_endpoint=f"http://127.0.0.1:{port}") as up:
            await sent(up)
            code = await up.stop()

    assert code == 0


@contextmanager
def collecting() -> Iterator[tuple[str, Sequence[Span]]]:
    """Run a collector; yield its address, and the spans that it has been sent."""
    spans: list[Span] = []
    app = FastAPI()

    @app.post("/v1/traces")
    async def take(request: Request) -> Response:
        export = ExportTraceServiceRequest.FromString(await request.body())
        for resource in export.resource_spans:
            for scope in resource.scope_spans:
                spans.extend(scope.spans)
        body = ExportTraceServiceResponse().SerializeToString()
        return Response(body, media_type="application/x-protobuf")

    with serving(lambda _port: app) as url:
        yield url, spans


async def sent(up: Up) -> str:
    """Send a signal; return its id once it has its ending."""
    told = await novalgo("signal", "BUY", "AAPL", "15 Min", environ=up.environ)
    assert told.code == 0, told.err
    listed = await novalgo("signals", "--json", environ=up.environ)
    return str(json.loads(listed.out)["signals"][0]["signal_id"])


def of(signal_id: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans of the trace that has the signal's id."""
    return [span for span in spans if span.trace_id.hex() == signal_id.replace("-", "")]

"""docs/metrics-prometheus.md, made from the metrics that the code declares.  Pure."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric

from novalgo_analytics.metrics import Metrics as AnalyticsMetrics
from novalgo_common.metrics import outbox_gauges, watch_process
from novalgo_executor.metrics import Metrics as ExecutorMetrics
from novalgo_ingest.metrics import Metrics as IngestMetrics
from novalgo_sheets.metrics import Metrics as SheetsMetrics

_INTRODUCTION = """\
# Metrics

Made from the code by `novalgo metrics > docs/metrics-prometheus.md`, and checked by a test.

Every service answers `/metrics` on its own port; in the embedded mode too. The names follow
Prometheus' conventions: seconds and dollars, `_total` for what only grows since the start of the
process, a histogram's name with `_bucket`, `_sum` and `_count`. A label has few values, all known
to the code: none holds a symbol, a signal or an address. Times are seconds since 1970, 0 where
there was none yet.

Queues, their consumers and the dead letters are RabbitMQ's to tell, through its own plugin:
`rabbitmq_queue_messages{queue="novalgo.dead"}`, `rabbitmq_queue_messages_ready`,
`rabbitmq_queue_consumers`, `rabbitmq_alarms_memory_used_watermark`,
`rabbitmq_alarms_free_disk_space_watermark`.
"""


def metrics_page() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_sections()])


def registries() -> dict[str, CollectorRegistry]:
    """Return what each service registers, by its name, and what all of them do."""
    return {
        "every service": _of_every_service(),
        "ingest": IngestMetrics().registry,
        "executor": ExecutorMetrics().registry,
        "sheets": SheetsMetrics().registry,
        "analytics": AnalyticsMetrics().registry,
    }


def _of_every_service() -> CollectorRegistry:
    registry = CollectorRegistry()
    watch_process(registry, lambda: {"store": None})
    outbox_gauges(registry)
    return registry


def _sections() -> Iterator[str]:
    seen: set[str] = set()
    for service, registry in registries().items():
        own = [metric for metric in registry.collect() if metric.name not in seen]
        seen |= {metric.name for metric in own}
        yield f"## {service.capitalize()}\n"
        yield "| metric | kind | labels | meaning |\n|---|---|---|---|"
        yield from (_line(metric, registry) for metric in sorted(own, key=lambda each: each.name))
        yield ""


def _line(metric: Metric, registry: CollectorRegistry) -> str:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    labels = ", ".join(f"`{label}`" for label in _labels(metric, registry))
    return f"| `{name}` | {metric.type} | {labels or 'none'} | {metric.documentation} |"


def _labels(metric: Metric, registry: CollectorRegistry) -> list[str]:
    declared = getattr(registry._names_to_collectors.get(metric.name), "_labelnames", None)
    if declared is not None:
        return list(declared)
    return sorted({label for sample in metric.samples for label in sample.labels})

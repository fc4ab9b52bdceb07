"""What a service's `/metrics` says."""

from collections.abc import Mapping

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from bench.servers import Server

Metrics = Mapping[str, Mapping[str, float]]
"""The samples by name, then by their first label's value."""


def metrics(server: Server) -> Metrics:
    page = httpx2.get(f"http://127.0.0.1:{server.port}/metrics", timeout=10).text
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            label = next(iter(sample.labels.values()), "")
            found.setdefault(sample.name, {})[label] = sample.value
    return found


def endings(executor: Server) -> int:
    """Return how many signals have their ending."""
    return int(sum(metrics(executor).get("novalgo_signals_ended_total", {}).values()))

"""What ingest counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from novalgo_common.metrics import outbox_gauges
from novalgo_ingest.alert import Outcome

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""TradingView gives up after 3 s."""


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "novalgo_webhooks",
            "Webhooks, by what they were answered",
            ["answer"],
            registry=self.registry,
        )
        # A count that first shows as 1 is no increase to Prometheus, and would alarm nobody.
        self._by_outcome = {each: self.webhooks.labels(each.value) for each in Outcome}
        self.letters = Counter(
            "novalgo_letters",
            "E-mails in the mailbox for alerts, by what became of them",
            ["answer"],
            registry=self.registry,
        )
        self.webhook_seconds = Histogram(
            "novalgo_webhook_seconds",
            "From the first byte read to the answer",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.disk_free_bytes = Gauge(
            "novalgo_ingest_disk_free_bytes",
            "What is left on the disk of the store, where that is SQLite",
            registry=self.registry,
        )
        self.outbox_depth, self.outbox_oldest_seconds = outbox_gauges(self.registry)

    def answered(self, outcome: Outcome, seconds: float) -> None:
        """Count a webhook."""
        self._by_outcome[outcome].inc()
        self.webhook_seconds.observe(seconds)

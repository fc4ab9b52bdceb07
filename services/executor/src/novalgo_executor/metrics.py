"""What Prometheus learns from executor."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from novalgo_common.events import Ending
from novalgo_executor.broker import SubmitOutcome


class Metrics:
    """Executor's metrics, on a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._ended = Counter(
            "novalgo_signals_ended_total",
            "Signals that reached their ending",
            ["ending"],
            registry=self.registry,
        )
        self._submitted = Counter(
            "novalgo_orders_submitted_total",
            "Orders sent to Alpaca, by what came of it",
            ["outcome"],
            registry=self.registry,
        )
        self._reconciled = Gauge(
            "novalgo_reconciled_timestamp_seconds",
            "When the store was last found to agree with Alpaca",
            registry=self.registry,
        )
        for ending in Ending:
            self._ended.labels(ending)

    def ended(self, ending: Ending) -> None:
        self._ended.labels(ending).inc()

    def submitted(self, outcome: SubmitOutcome) -> None:
        self._submitted.labels(type(outcome).__name__.lower()).inc()

    def reconciled(self) -> None:
        self._reconciled.set_to_current_time()

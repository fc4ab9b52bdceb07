"""What Prometheus learns from executor."""

from collections.abc import Callable
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from novalgo_common.events import Ending
from novalgo_executor.broker import SubmitOutcome

_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
"""A request is given up after 10 s."""


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
        self._reconcile_failures = Counter(
            "novalgo_reconcile_failures_total",
            "Comparisons with Alpaca that came to no answer",
            registry=self.registry,
        )
        self._drift = Gauge(
            "novalgo_drifting_symbols",
            "Symbols of which Alpaca holds other shares than the fills explain",
            registry=self.registry,
        )
        self._halts = Gauge(
            "novalgo_halts",
            "Halts in force, of everything, of a symbol or of a book",
            registry=self.registry,
        )
        self._stream = Gauge(
            "novalgo_stream_timestamp_seconds",
            "When the order stream last came up or told of an order",
            registry=self.registry,
        )
        self._config = Gauge(
            "novalgo_config_timestamp_seconds",
            "When the config in force here came into force at sheets",
            registry=self.registry,
        )
        self._alpaca_seconds = Histogram(
            "novalgo_alpaca_request_seconds",
            "Requests to Alpaca that were answered, by method and HTTP status",
            ["method", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._alpaca_unanswered = Counter(
            "novalgo_alpaca_unanswered_total",
            "Requests to Alpaca that no answer came to",
            ["method"],
            registry=self.registry,
        )
        self._alpaca_remaining = Gauge(
            "novalgo_alpaca_requests_remaining",
            "Requests that Alpaca still answers in this minute, by its own newest word",
            ["api"],
            registry=self.registry,
        )
        # A count that first shows as 1 is no increase to Prometheus, and would alarm nobody.
        for ending in Ending:
            self._ended.labels(ending)
        for outcome in get_args(SubmitOutcome):
            self._submitted.labels(outcome.__name__.lower())

    def ended(self, ending: Ending) -> None:
        self._ended.labels(ending).inc()

    def submitted(self, outcome: SubmitOutcome) -> None:
        self._submitted.labels(type(outcome).__name__.lower()).inc()

    def reconciled(self) -> None:
        self._reconciled.set_to_current_time()

    def reconcile_failed(self) -> None:
        self._reconcile_failures.inc()

    def compared(self, *, drifting: int, halts: int) -> None:
        """Show what a comparison with Alpaca found."""
        self._drift.set(drifting)
        self._halts.set(halts)

    def streamed(self) -> None:
        self._stream.set_to_current_time()

    def watch_config(self, changed_at: Callable[[], datetime | None]) -> None:
        """Show at each scrape since when the config is in force; 0 while there is none."""

        def seconds() -> float:
            at = changed_at()
            return at.timestamp() if at is not None else 0.0

        self._config.set_function(seconds)

    def answered(self, method: str, status: int, seconds: float) -> None:
        """Observe an answer of Alpaca's."""
        self._alpaca_seconds.labels(method, str(status)).observe(seconds)

    def unanswered(self, method: str) -> None:
        self._alpaca_unanswered.labels(method).inc()

    def may_still_ask(self, api: str, requests: int) -> None:
        """Show how many requests `api` (trading, data) answers before its limit."""
        self._alpaca_remaining.labels(api).set(requests)

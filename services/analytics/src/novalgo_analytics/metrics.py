"""What Prometheus reads from analytics."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.equity = Gauge(
            "novalgo_equity_dollars",
            "The account's equity, by the broker's newest statement",
            registry=self.registry,
        )
        self.realised = Gauge(
            "novalgo_realised_pnl_dollars",
            "Realised profit and loss since the beginning, first in, first out",
            registry=self.registry,
        )
        self.journaled = Counter(
            "novalgo_events_journaled",
            "Events journaled, each once",
            ["type"],
            registry=self.registry,
        )
        self.alarms = Counter(
            "novalgo_alarms",
            "Alarms raised by any service",
            ["code"],
            registry=self.registry,
        )

"""What the sheets service counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "novalgo_sheets_requests",
            "Reads and writes of the spreadsheet, by how they ended",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.last_read = Gauge(
            "novalgo_sheets_last_read_timestamp_seconds",
            "When the spreadsheet was last read",
            registry=self.registry,
        )
        self.config_version = Gauge(
            "novalgo_sheets_config_version",
            "The version of the config in force",
            registry=self.registry,
        )
        self.active_rows = Gauge(
            "novalgo_sheets_active_rows",
            "Rows of the config in force that may trade",
            registry=self.registry,
        )
        self.problem_rows = Gauge(
            "novalgo_sheets_problem_rows",
            "Rows of the Config tab that cannot be used",
            registry=self.registry,
        )
        self.quota_left = Gauge(
            "novalgo_sheets_quota_left",
            "Requests that Google still allows within this minute",
            ["kind"],
            registry=self.registry,
        )
        self.unwritten_statuses = Gauge(
            "novalgo_sheets_unwritten_statuses",
            "Status changes that the sheet does not show yet",
            registry=self.registry,
        )

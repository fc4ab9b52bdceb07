"""Writes dashboards/*.json, from what is said here of each panel: `python deploy/grafana/make.py`.

A panel is a title, a unit of Grafana's, and its queries with what their lines are called.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "novalgo-prometheus"}
WIDTH = 24
Steps: TypeAlias = list[dict[str, Any]]

GREEN_WHEN_ZERO: Steps = [{"color": "green", "value": None}, {"color": "red", "value": 1}]
RED_WHEN_ZERO: Steps = [{"color": "red", "value": None}, {"color": "green", "value": 1}]
PLAIN: Steps = [{"color": "blue", "value": None}]


@dataclass(frozen=True)
class Panel:
    title: str
    unit: str
    queries: dict[str, str]
    """The query of each line, by its legend."""
    kind: str = "timeseries"
    steps: Steps = field(default_factory=lambda: PLAIN)


@dataclass(frozen=True)
class Row:
    title: str
    panels: list[Panel]
    height: int = 6


def stat(title: str, unit: str, query: str, steps: Steps = PLAIN) -> Panel:
    return Panel(title, unit, {"": query}, "stat", steps)


def quantiles(metric: str, labels: str = "") -> dict[str, str]:
    return {
        name: f"histogram_quantile({share}, sum by (le) "
        f"(rate({metric}_bucket{labels}[$__rate_interval])))"
        for name, share in (("median", 0.5), ("95th", 0.95), ("99th", 0.99))
    }


OVERVIEW = [
    Row(
        "Is it trading?",
        [
            stat("Services ready", "none", "sum(max by (job) (novalgo_ready))"),
            stat("Halts in force", "none", "max(novalgo_halts)", GREEN_WHEN_ZERO),
            stat(
                "Since the last signal", "s", "time() - max(novalgo_last_signal_timestamp_seconds)"
            ),
            Panel(
                "Signals an hour, by ending",
                "none",
                {"{{ending}}": "sum by (ending) (increase(novalgo_signal_endings_total[1h]))"},
            ),
        ],
    ),
    Row(
        "Is it right?",
        [
            stat("Symbols that drift", "none", "max(novalgo_drifting_symbols)", GREEN_WHEN_ZERO),
            stat(
                "Dead letters",
                "none",
                'sum(rabbitmq_queue_messages{queue="novalgo.dead"})',
                GREEN_WHEN_ZERO,
            ),
            stat(
                "Since the account agreed",
                "s",
                "time() - max(novalgo_reconciled_timestamp_seconds)",
            ),
            Panel(
                "Failed and declined an hour, by reason",
                "none",
                {
                    "{{ending}}: {{reason}}": "sum by (ending, reason) (increase("
                    'novalgo_signal_endings_total{ending=~"failed|declined|expired"}[1h])) > 0'
                },
            ),
        ],
    ),
    Row(
        "Is it fast?",
        [
            Panel("Answer to TradingView", "s", quantiles("novalgo_webhook_seconds")),
            Panel(
                "Stored to submitted",
                "s",
                quantiles("novalgo_stage_seconds", '{stage="submitted"}'),
            ),
            Panel("Stored to filled", "s", quantiles("novalgo_stage_seconds", '{stage="filled"}')),
            Panel(
                "Stored to the sheet", "s", quantiles("novalgo_stage_seconds", '{stage="written"}')
            ),
        ],
    ),
    Row(
        "Is it earning?",
        [
            stat(
                "Since the previous close",
                "currencyUSD",
                "max(novalgo_equity_dollars) - max(novalgo_last_equity_dollars)",
            ),
            stat("Realised, all time", "currencyUSD", "max(novalgo_realised_pnl_dollars)"),
            stat("Unrealised", "currencyUSD", "max(novalgo_unrealised_pnl_dollars)"),
            Panel(
                "Equity and exposure",
                "currencyUSD",
                {
                    "equity": "max(novalgo_equity_dollars)",
                    "exposure": "max(novalgo_gross_exposure_dollars)",
                },
            ),
        ],
    ),
]


def every_service(job: str) -> Row:
    """What each service's dashboard begins with."""
    return Row(
        "The process",
        [
            stat("Ready", "none", f'max(novalgo_ready{{job="{job}"}})', RED_WHEN_ZERO),
            Panel(
                "Checks that fail", "none", {"{{check}}": f'novalgo_check_failed{{job="{job}"}}'}
            ),
            Panel(
                "Waiting for the bus",
                "none",
                {
                    "events": f'novalgo_outbox_depth{{job="{job}"}}',
                    "seconds of the oldest": f'novalgo_outbox_oldest_seconds{{job="{job}"}}',
                },
            ),
            Panel("Memory", "bytes", {"resident": f'process_resident_memory_bytes{{job="{job}"}}'}),
            Panel(
                "Processor",
                "percentunit",
                {"cores": f'rate(process_cpu_seconds_total{{job="{job}"}}[$__rate_interval])'},
            ),
        ],
    )


def queues(service: str) -> Row:
    named = f'{{queue=~"{service}[.].+"}}'
    return Row(
        "Its queues",
        [
            Panel("Waiting", "none", {"{{queue}}": f"rabbitmq_queue_messages_ready{named}"}),
            Panel("Consumers", "none", {"{{queue}}": f"rabbitmq_queue_consumers{named}"}),
        ],
    )


DASHBOARDS = {
    "overview": OVERVIEW,
    "ingest": [
        every_service("ingest"),
        Row(
            "Webhooks",
            [
                Panel(
                    "A minute, by answer",
                    "none",
                    {
                        "{{answer}}": "sum by (answer) (rate(novalgo_webhooks_total"
                        "[$__rate_interval])) * 60"
                    },
                ),
                Panel("Time to the answer", "s", quantiles("novalgo_webhook_seconds")),
            ],
            8,
        ),
        queues("ingest"),
    ],
    "executor": [
        every_service("executor"),
        Row(
            "Orders",
            [
                Panel(
                    "An hour, by what came of sending them",
                    "none",
                    {
                        "{{outcome}}": "sum by (outcome) (increase("
                        "novalgo_orders_submitted_total[1h]))"
                    },
                ),
                Panel(
                    "Signals an hour, by ending",
                    "none",
                    {"{{ending}}": "sum by (ending) (increase(novalgo_signals_ended_total[1h]))"},
                ),
                Panel(
                    "Halts and drift",
                    "none",
                    {
                        "halts": "max(novalgo_halts)",
                        "symbols that drift": "max(novalgo_drifting_symbols)",
                    },
                ),
            ],
            7,
        ),
        Row(
            "Alpaca",
            [
                Panel(
                    "Requests a minute, by status",
                    "none",
                    {
                        "{{method}} {{status}}": "sum by (method, status) (rate("
                        "novalgo_alpaca_request_seconds_count[$__rate_interval])) * 60",
                        "{{method}} unanswered": "sum by (method) (rate("
                        "novalgo_alpaca_unanswered_total[$__rate_interval])) * 60",
                    },
                ),
                Panel("Time to an answer", "s", quantiles("novalgo_alpaca_request_seconds")),
                Panel(
                    "Requests left in the minute",
                    "none",
                    {"{{api}}": "min by (api) (novalgo_alpaca_requests_remaining)"},
                ),
                Panel(
                    "Seconds since",
                    "s",
                    {
                        "the account agreed": "time() - max(novalgo_reconciled_timestamp_seconds)",
                        "the stream spoke": "time() - max(novalgo_stream_timestamp_seconds)",
                    },
                ),
                Panel(
                    "Comparisons that failed, an hour",
                    "none",
                    {"failures": "sum(increase(novalgo_reconcile_failures_total[1h]))"},
                ),
            ],
            7,
        ),
        queues("executor"),
    ],
    "sheets": [
        every_service("sheets"),
        Row(
            "Google",
            [
                Panel(
                    "Requests a minute",
                    "none",
                    {
                        "{{kind}} {{outcome}}": "sum by (kind, outcome) (rate("
                        "novalgo_sheets_requests_total[$__rate_interval])) * 60"
                    },
                ),
                Panel(
                    "Requests left in the minute",
                    "none",
                    {"{{kind}}": "min by (kind) (novalgo_sheets_quota_left)"},
                ),
                Panel(
                    "Since the sheet was read",
                    "s",
                    {"age": "time() - max(novalgo_sheets_last_read_timestamp_seconds)"},
                ),
                Panel(
                    "Rows",
                    "none",
                    {
                        "active": "max(novalgo_sheets_active_rows)",
                        "unusable": "max(novalgo_sheets_problem_rows)",
                        "not written yet": "max(novalgo_sheets_unwritten_statuses)",
                    },
                ),
                Panel("Config version", "none", {"version": "max(novalgo_sheets_config_version)"}),
            ],
            8,
        ),
        queues("sheets"),
    ],
    "analytics": [
        every_service("analytics"),
        Row(
            "What happened",
            [
                Panel(
                    "Events a minute",
                    "none",
                    {
                        "{{type}}": "sum by (type) (rate(novalgo_events_journaled_total"
                        "[$__rate_interval])) * 60"
                    },
                ),
                Panel(
                    "Orders an hour, by how they ended",
                    "none",
                    {"{{status}}": "sum by (status) (increase(novalgo_orders_ended_total[1h]))"},
                ),
                Panel(
                    "Fills an hour",
                    "none",
                    {
                        "{{side}} {{origin}}": "sum by (side, origin) "
                        "(increase(novalgo_fills_total[1h]))"
                    },
                ),
                Panel(
                    "Alarms an hour",
                    "none",
                    {"{{code}}": "sum by (code) (increase(novalgo_alarms_total[1h]))"},
                ),
            ],
            7,
        ),
        Row(
            "The account",
            [
                Panel(
                    "Dollars",
                    "currencyUSD",
                    {
                        "equity": "max(novalgo_equity_dollars)",
                        "buying power": "max(novalgo_buying_power_dollars)",
                        "exposure": "max(novalgo_gross_exposure_dollars)",
                    },
                ),
                Panel(
                    "Profit and loss",
                    "currencyUSD",
                    {
                        "realised": "max(novalgo_realised_pnl_dollars)",
                        "unrealised": "max(novalgo_unrealised_pnl_dollars)",
                    },
                ),
                Panel("Symbols held", "none", {"symbols": "max(novalgo_positions_held)"}),
                Panel(
                    "Age of the account's statement",
                    "s",
                    {"age": "time() - max(novalgo_account_timestamp_seconds)"},
                ),
            ],
            7,
        ),
        queues("analytics"),
    ],
}


def dashboard(name: str, rows: list[Row]) -> dict[str, Any]:
    panels: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        panels.append(_heading(row.title, len(panels) + 1, top))
        top += 1
        width = WIDTH // len(row.panels)
        for place, panel in enumerate(row.panels):
            at = {"x": place * width, "y": top, "w": width, "h": row.height}
            panels.append(_panel(panel, len(panels) + 1, at))
        top += row.height
    return {
        "uid": f"novalgo-{name}",
        "title": f"NovAlgo {name}",
        "tags": ["novalgo"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "links": [
            {"type": "dashboards", "tags": ["novalgo"], "title": "NovAlgo", "asDropdown": False}
        ],
        "panels": panels,
    }


def _heading(title: str, number: int, top: int) -> dict[str, Any]:
    at = {"x": 0, "y": top, "w": WIDTH, "h": 1}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": at}


def _panel(panel: Panel, number: int, at: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": at,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "thresholds": {"mode": "absolute", "steps": panel.steps},
            },
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + place), "expr": query, "legendFormat": legend or "__auto"}
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def rendered(name: str) -> str:
    return json.dumps(dashboard(name, DASHBOARDS[name]), indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(rendered(name), encoding="utf-8")

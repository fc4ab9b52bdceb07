"""What Prometheus and Grafana are told to ask is there to be asked."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deploy.grafana import make
from novalgo_cli.metrics_page import registries
from tests.packages import installed

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RUNBOOK = ROOT / "docs" / "runbook.md"
OF_OTHERS = {
    "up",
    # RabbitMQ 4.0's plugin, as it answered a real scrape.
    "rabbitmq_queue_messages",
    "rabbitmq_queue_messages_ready",
    "rabbitmq_queue_consumers",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_alarms_free_disk_space_watermark",
}
NAME = re.compile(r"\b(?:novalgo|rabbitmq|process)_[a-z_]+\b|\bup\b")


def queries() -> Iterator[tuple[str, str]]:
    """Yield every query, with where it stands."""
    for path in sorted(make.FOLDER.glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", []):
                yield f"{path.stem}: {panel['title']}", target["expr"]
    for rule in rules():
        yield rule["alert"], rule["expr"]


def rules() -> list[dict[str, str]]:
    groups = yaml.safe_load((PROMETHEUS / "rules.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def known() -> set[str]:
    """Return the names of the samples that the services show."""
    names = set(OF_OTHERS)
    for registry in registries().values():
        for metric in registry.collect():
            names.add(metric.name)
            names |= {sample.name for sample in metric.samples}
            kinds = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
            names |= {metric.name + ending for ending in kinds.get(metric.type, ())}
    return names


@pytest.fixture
def promtool() -> str:
    if not installed("prometheus", lambda: shutil.which("promtool") is not None):
        pytest.skip("promtool is not installed: apt-get install prometheus")
    return "promtool"


@pytest.mark.parametrize(("where", "query"), list(queries()))
def test_every_query_names_metrics_that_exist(where: str, query: str) -> None:
    names = set(NAME.findall(query))

    assert names, where
    assert names <= known(), where


def test_every_query_parses(promtool: str, tmp_path: Path) -> None:
    record = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, (_, query) in enumerate(queries())
    ]
    asked = tmp_path / "queries.yml"
    asked.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": record}]}))

    result = run(promtool, "check", "rules", asked)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["check", "config", "prometheus.yml"], id="the configuration is valid"),
        pytest.param(["test", "rules", "rules_test.yml"], id="the alerts do as their tests say"),
    ],
)
def test_prometheus_takes_it(promtool: str, command: list[str]) -> None:
    result = run(promtool, *command)

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_dashboards_are_those_that_are_described() -> None:
    committed = {path.stem: path.read_text(encoding="utf-8") for path in make.FOLDER.iterdir()}

    assert committed == {name: make.rendered(name) for name in make.DASHBOARDS}, (
        "make them anew: python deploy/grafana/make.py"
    )


def test_every_alert_has_its_entry_in_the_runbook() -> None:
    headings = re.findall(r"^### (\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)

    assert [rule["alert"] for rule in rules()] == headings


def run(promtool: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [promtool, *map(str, arguments)],
        cwd=PROMETHEUS,
        capture_output=True,
        text=True,
        check=False,
    )

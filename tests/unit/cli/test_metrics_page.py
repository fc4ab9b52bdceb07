"""docs/metrics-prometheus.md says what the code counts."""

from pathlib import Path

import pytest
from prometheus_client import generate_latest

from novalgo_cli.metrics_page import metrics_page, registries

PAGE = Path(__file__).parents[3] / "docs" / "metrics-prometheus.md"


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), (
        "make it anew: novalgo metrics > docs/metrics-prometheus.md"
    )


@pytest.mark.parametrize("service", registries())
def test_every_metric_of_ours_begins_with_our_name(service: str) -> None:
    names = {metric.name for metric in registries()[service].collect()}

    assert {name for name in names if not name.startswith(("novalgo_", "process_"))} == set()


@pytest.mark.parametrize("service", registries())
def test_a_fresh_service_shows_a_bounded_number_of_series(service: str) -> None:
    lines = generate_latest(registries()[service]).decode().splitlines()

    assert len([line for line in lines if not line.startswith("#")]) < 500

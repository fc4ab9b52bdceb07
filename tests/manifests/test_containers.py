"""The Dockerfile and docker-compose.yml, as far as they can be judged without Docker."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from novalgo_cli.services import FOUR
from novalgo_simulator.service import SERVICE as SIMULATOR
from tests.manifests.tools import ROOT, run

BUILT = {**FOUR, SIMULATOR.name: SIMULATOR}
ACCOUNTS = ROOT / "deploy" / "accounts"


@cache
def composed(*extra: Path) -> dict[str, Any]:
    files = [part for file in (ROOT / "docker-compose.yml", *extra) for part in ("--file", file)]
    result = run(
        "docker-compose",
        *files,
        "--profile=public",
        "config",
        NOVALGO_SHEET_ID="made-up-sheet",
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = yaml.safe_load(result.stdout)
    return found


def test_the_dockerfile_is_as_its_linter_wants_it() -> None:
    result = run("hadolint", "Dockerfile")

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("service", BUILT)
def test_a_service_reads_every_variable_that_it_is_given(service: str) -> None:
    everything = composed(ACCOUNTS / "alpaca.yml", ACCOUNTS / "google.yml")
    fields = {f"NOVALGO_{name.upper()}" for name in BUILT[service].settings.model_fields}

    given = everything["services"][service]["environment"]

    assert {name.removesuffix("_FILE") for name in given} <= fields


@pytest.mark.parametrize("service", BUILT)
def test_a_service_is_given_the_secrets_that_it_reads_and_no_other(service: str) -> None:
    everything = composed(ACCOUNTS / "alpaca.yml", ACCOUNTS / "google.yml")["services"][service]

    given = {f"/run/secrets/{secret['source']}" for secret in everything.get("secrets", [])}

    read = {value for value in everything["environment"].values() if value}
    assert given == {value for value in read if value.startswith("/run/secrets/")}


@pytest.mark.parametrize("service", BUILT)
def test_a_service_may_do_nothing_but_its_work(service: str) -> None:
    contained = composed()["services"][service]

    assert contained["read_only"]
    assert contained["cap_drop"] == ["ALL"]
    assert contained["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", sorted(composed.__wrapped__()["services"]))
def test_every_container_has_its_limits_and_a_pinned_version(service: str) -> None:
    contained = composed()["services"][service]

    assert set(contained["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert "build" in contained or re.search(r":v?\d+\.\d+\.?\d*", contained["image"])


def test_only_the_proxy_is_open_to_other_machines() -> None:
    services = composed()["services"]
    open_ones = {
        name
        for name, service in services.items()
        for port in service.get("ports", [])
        if port.get("host_ip") != "127.0.0.1"
    }

    assert open_ones == {"proxy"}


def test_what_meets_inside_reaches_no_other_network_unless_it_must() -> None:
    services = composed()["services"]
    leaving = {name for name, service in services.items() if "outside" in service["networks"]}

    assert composed()["networks"]["inside"]["internal"]
    assert leaving == {"executor", "sheets", "analytics"}


def test_rabbitmq_counts_as_healthy_once_it_takes_connections() -> None:
    test = composed()["services"]["rabbitmq"]["healthcheck"]["test"]

    assert test == ["CMD", "rabbitmq-diagnostics", "--quiet", "check_port_connectivity"]

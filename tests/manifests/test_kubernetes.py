"""deploy/k8s: valid, and no wider than what the services read and reach."""

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from novalgo_cli.services import FOUR
from tests.manifests.tools import ROOT, run

K8S = ROOT / "deploy" / "k8s"
OVERLAYS = ("k3s", "cluster")
MOUNT = "/run/secrets/novalgo/"
LEAVES = {"executor", "sheets", "analytics"}
"""Alpaca, Google, and whom notifications go to."""
ENTERED = {"ingest", "analytics"}
"""The webhook, and the page."""

Manifest = Mapping[str, Any]


@cache
def built(overlay: str) -> str:
    result = run("kubectl", "kustomize", K8S / "overlays" / overlay)
    assert result.returncode == 0, result.stderr
    return result.stdout


@cache
def manifests(overlay: str) -> Sequence[Manifest]:
    return list(yaml.safe_load_all(built(overlay)))


def one(kind: str, name: str, overlay: str = "cluster") -> Manifest:
    [found] = [
        each
        for each in manifests(overlay)
        if (each["kind"], each["metadata"]["name"]) == (kind, name)
    ]
    return found


def pod(kind: str, name: str, overlay: str = "cluster") -> Manifest:
    spec: Manifest = one(kind, name, overlay)["spec"]["template"]["spec"]
    return spec


def container(service: str, overlay: str = "cluster") -> Manifest:
    [found] = pod("Deployment", service, overlay)["containers"]
    assert isinstance(found, dict)
    return found


def environ(service: str) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container(service)["env"]}


def given_secrets() -> dict[str, set[str]]:
    """Return the files that each Secret gets, as deploy/k8s/secrets.sh makes it."""
    script = (K8S / "secrets.sh").read_text(encoding="utf-8")
    lines = re.findall(r"^secret (\S+) (.+)$", script, re.MULTILINE)
    return {name: set(files.split()) for name, files in lines}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_is_what_kubernetes_takes(overlay: str, tmp_path: Path) -> None:
    path = tmp_path / "built.yaml"
    path.write_text(built(overlay), encoding="utf-8")

    result = run("kubernetes-validate", "-k", "1.32", "--strict", path)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("service", FOUR)
def test_a_service_reads_every_variable_that_it_is_given(service: str) -> None:
    fields = {f"NOVALGO_{name.upper()}" for name in FOUR[service].settings.model_fields}

    given = {name.removesuffix("_FILE") for name in environ(service)}

    assert given <= fields


@pytest.mark.parametrize("service", FOUR)
def test_a_services_secret_holds_the_files_that_it_reads_and_no_other(service: str) -> None:
    read = {
        value.removeprefix(MOUNT) for value in environ(service).values() if value.startswith(MOUNT)
    }

    assert given_secrets()[f"novalgo-{service}"] == read
    assert pod("Deployment", service)["volumes"][0]["secret"]["secretName"] == f"novalgo-{service}"


@pytest.mark.parametrize("service", FOUR)
def test_who_checks_api_keys_is_given_them_and_nobody_else(service: str) -> None:
    package = Path(inspect.getfile(FOUR[service].settings)).parent
    reads = any("settings.api_keys" in path.read_text() for path in package.rglob("*.py"))

    assert ("NOVALGO_API_KEYS_FILE" in environ(service)) is reads


def selected(peers: Sequence[Manifest]) -> set[str]:
    """Return the names of the pods that a policy names."""
    names = set()
    for peer in peers:
        selector = peer.get("podSelector", {})
        if "namespaceSelector" not in peer:
            names |= set(selector.get("matchLabels", {}).values())
            names |= {
                value for each in selector.get("matchExpressions", []) for value in each["values"]
            }
    return names


def used(service: str) -> set[str]:
    """Return whom a service talks to inside, by the addresses that it is given."""
    addresses = re.findall(r"http://(\w+):", " ".join(environ(service).values()))
    return {"rabbitmq", "postgres", *addresses}


@pytest.mark.parametrize("service", FOUR)
def test_the_network_lets_a_service_reach_what_it_uses_and_nothing_else(service: str) -> None:
    policy = one("NetworkPolicy", service)["spec"]

    reached = [peer for rule in policy["egress"] for peer in rule["to"]]
    assert selected(reached) == used(service)
    assert any("ipBlock" in peer for peer in reached) is (service in LEAVES)


@pytest.mark.parametrize("service", FOUR)
def test_only_the_webhook_and_the_page_can_be_entered(service: str) -> None:
    policy = one("NetworkPolicy", service)["spec"]
    entering = [peer for rule in policy["ingress"] for peer in rule["from"]]
    namespaces = {
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for peer in entering
        if "namespaceSelector" in peer
    }

    assert namespaces == {"monitoring"} | ({"kube-system"} if service in ENTERED else set())
    assert selected(entering) == {other for other in FOUR if service in used(other)}
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == {
        port["containerPort"] for port in container(service)["ports"]
    }


def test_who_leaves_the_cluster_reaches_nothing_private_by_that() -> None:
    blocks = [
        peer["ipBlock"]
        for service in LEAVES
        for rule in one("NetworkPolicy", service)["spec"]["egress"]
        for peer in rule["to"]
        if "ipBlock" in peer
    ]

    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
    assert all(private <= set(block["except"]) for block in blocks)


def test_what_no_policy_names_is_refused_both_ways() -> None:
    spec = one("NetworkPolicy", "nothing")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("service", FOUR)
def test_a_service_tells_starting_alive_and_ready_apart(service: str, overlay: str) -> None:
    probes = {
        kind: container(service, overlay)[f"{kind}Probe"]["httpGet"]["path"]
        for kind in ("startup", "liveness", "readiness")
    }

    may_stand_by = (service, overlay) == ("executor", "cluster")
    assert probes == {
        "startup": "/health",
        "liveness": "/health",
        "readiness": "/health" if may_stand_by else "/ready",
    }


@pytest.mark.parametrize("service", FOUR)
def test_a_service_may_do_nothing_but_its_work(service: str) -> None:
    spec = pod("Deployment", service)
    each = [*spec["containers"], *spec["initContainers"]]

    assert spec["securityContext"]["runAsNonRoot"]
    assert not spec["automountServiceAccountToken"]
    assert all(
        one["securityContext"]
        == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        for one in each
    )
    assert all("memory" in one["resources"]["limits"] for one in each)


@pytest.mark.parametrize("service", FOUR)
def test_tables_are_upgraded_before_a_service_starts(service: str) -> None:
    [migration] = pod("Deployment", service)["initContainers"]

    assert migration["command"] == ["python", "-m", "novalgo_common.migrate", service]


def test_the_cluster_has_three_nodes_of_rabbitmq_two_executors_and_three_ingests() -> None:
    assert one("StatefulSet", "rabbitmq")["spec"]["replicas"] == 3
    assert one("Deployment", "executor")["spec"]["replicas"] == 2
    assert one("Deployment", "ingest")["spec"]["replicas"] == 3


def test_only_tradingview_reaches_the_webhook() -> None:
    from novalgo_ingest.settings import TRADINGVIEW

    spec = one("Middleware", "tradingview")["spec"]

    assert spec["ipAllowList"]["sourceRange"] == [f"{address}/32" for address in TRADINGVIEW]

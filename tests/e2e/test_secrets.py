"""Every secret that the system is given is looked for in everything that it says, after trouble."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from novalgo_common.simulated import ALPACA_SECRET_KEY
from novalgo_common.topology import DEAD_LETTERS, QUEUES
from tests.ports import free_port
from tests.rabbitmq import amqp_channel
from tests.system import API_KEY, SECRET, SERVICES, System, a_system

pytestmark = pytest.mark.anyio

CHANNEL_TOKEN = "made-up-channel-token"
CANARIES = (SECRET, API_KEY, ALPACA_SECRET_KEY, CHANNEL_TOKEN)
OURS = [service for service in SERVICES if service != "simulator"]


def misplaced() -> Iterator[bytes]:
    """Yield alerts that carry the secret where none belongs, or are broken around it."""
    alert = {"action": "BUY", "symbol": "AAPL", "timeframe": "15", "secret": SECRET}
    for name in (
        "action",
        "symbol",
        "timeframe",
        "time",
        "price",
        "comment",
        "id",
        "words",
        SECRET,
    ):
        yield json.dumps({**alert, name: SECRET}).encode()
        yield json.dumps({**alert, name: [SECRET]}).encode()
    whole = json.dumps(alert).encode()
    yield from (whole[:-1], whole + b"}", b"\xff" + whole, whole.replace(b'"15"', b"NaN"))
    yield json.dumps({**alert, "secret": f"{SECRET}!"}).encode()


async def ask_amiss(system: System) -> None:
    """Send what is wrong in many ways, each with a secret in it."""
    url = system.url("ingest", "/webhook")
    for body in misplaced():
        await system.http.post(url, content=body)
    await system.http.post(f"{url}?secret={SECRET}", content=SECRET, headers={"X-Secret": SECRET})
    for service in OURS:
        for path in (f"/{SECRET}", f"/signals/{API_KEY}", f"/signals?symbol={API_KEY}", "/config"):
            for key in (API_KEY, f"{API_KEY}?"):
                headers = {"X-API-Key": key, "Authorization": f"Bearer {key}"}
                await system.http.get(system.url(service, path), headers=headers)


async def told_over_http(system: System) -> dict[str, bytes]:
    pages = [(service, path) for service in OURS for path in ("/health", "/ready", "/metrics")]
    found = {page: await system.http.get(system.url(*page)) for page in pages}
    found["ingest", "/signals"] = await system.http.get(
        system.url("ingest", "/signals?limit=200"), headers={"X-API-Key": API_KEY}
    )
    return {" ".join(page): answer.content for page, answer in found.items()}


def written(system: System) -> dict[str, bytes]:
    """Return the logs, the stores with the bodies of all events, the sheet's tabs, and so on."""
    own = (path for path in system.data_dir.rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in own if path.name != "simulator.log"}


def in_queues(amqp_url: str) -> dict[str, bytes]:
    """Return what lies in RabbitMQ, with properties."""
    found: dict[str, bytes] = {}
    with amqp_channel(amqp_url) as channel:
        for name in [name for queue in QUEUES for name in queue.names()] + [DEAD_LETTERS]:
            # None is acknowledged: all stay.
            for method, properties, body in channel.consume(name, inactivity_timeout=0.2):
                if method is None:
                    break
                found[f"{name} {len(found)}"] = repr(properties).encode() + body
            channel.cancel()
    return found


async def test_no_secret_is_in_anything_that_any_service_says(
    tmp_path: Path, fresh_amqp_url: str
) -> None:
    notify = f"json://127.0.0.1:{free_port()}/{CHANNEL_TOKEN}"
    rows = ["AAPL,5000,TRUE,15 Min", "MSFT,5000,TRUE,15 Min"]
    settings = {"notify_urls": notify, "log_level": "debug"}
    async with a_system(tmp_path, fresh_amqp_url, rows, **settings) as system:
        for service in OURS:
            await system.answers(service, "/ready")
        signals = [(await system.alert(comment=f"by {SECRET}")).json()["signal_id"]]
        await system.ended(signals)
        await ask_amiss(system)
        for service in ("executor", "sheets", "analytics", "simulator"):
            await system.kill(service)
        signals.append((await system.alert(symbol="MSFT", id="2")).json()["signal_id"])
        lying = in_queues(fresh_amqp_url)
        await system.start("simulator", "executor", "sheets", "analytics")
        signals.append((await system.alert(action="CLOSE", id="3")).json()["signal_id"])
        await system.ended(signals)
        everything = lying | await told_over_http(system) | written(system)

    leaks = [
        (name, canary)
        for name, content in everything.items()
        for canary in CANARIES
        if canary.encode() in content
    ]
    assert leaks == []
    assert lying
    assert {f"{service}.log" for service in OURS} <= everything.keys()
    assert {f"{service}.sqlite" for service in OURS} <= everything.keys()

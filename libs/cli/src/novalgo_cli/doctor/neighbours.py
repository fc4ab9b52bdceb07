"""What answers: RabbitMQ where it is configured, and every service."""

import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from novalgo_cli.announcement import address
from novalgo_cli.doctor.finding import Finding
from novalgo_cli.services import FOUR
from novalgo_common.settings import Settings

TIMEOUT = 5.0
_AMQP_PORTS = {"amqp": 5672, "amqps": 5671}
_MENDS = {
    "reconciled": "executor trades only once Alpaca answers and its keys are accepted: "
    "check NOVALGO_ALPACA_*",
    "sheet": "check the sheet's headers, and that it is shared with the service account",
    "store": "check NOVALGO_DATA_DIR or NOVALGO_DATABASE_URL, and the room on the disk",
    "bus": "check NOVALGO_AMQP_URL and that RabbitMQ runs",
    "standby": "nothing: it takes over by itself",
    "outbox": "it publishes again by itself once the bus answers",
}


def neighbours(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what was found about each."""
    if settings.amqp_url is not None:
        yield _rabbitmq(settings.amqp_url.get_secret_value())
    for name, service in FOUR.items():
        own = service.settings.from_env(environ)
        yield from _service(name, address(own, getattr(own, service.port_setting)))


def _rabbitmq(url: str) -> Finding:
    parts = urlsplit(url)
    try:
        place = parts.hostname or "localhost", parts.port or _AMQP_PORTS.get(parts.scheme, 5672)
    except ValueError:
        return Finding(
            "RabbitMQ", "NOVALGO_AMQP_URL has no valid port", "amqp://user:password@host"
        )
    where = f"{place[0]}:{place[1]}"
    try:
        socket.create_connection(place, timeout=TIMEOUT).close()
    except OSError as error:
        told = f"{where} does not answer ({type(error).__name__})"
        return Finding("RabbitMQ", told, "start it, or correct NOVALGO_AMQP_URL")
    return Finding("RabbitMQ", f"{where} answers")


def _service(name: str, url: str) -> Iterator[Finding]:
    health = _ask(f"{url}/health")
    if health is None:
        yield Finding(name, f"nothing answers at {url}", "start it with `novalgo up`")
        return
    if health.get("service") != name:
        mend = f"set NOVALGO_{name.upper()}_PORT to a port of its own"
        yield Finding(name, f"something else answers at {url}", mend)
        return
    problems = (_ask(f"{url}/ready") or {}).get("problems", {})
    for check, problem in problems.items():
        yield Finding(name, problem, _MENDS.get(check, "see its log"))
    if not problems:
        yield Finding(name, f"ready at {url}")


def _ask(url: str) -> dict[str, Any] | None:
    """Return the answer; an empty one where it is no JSON object; None where there is none."""
    try:
        answer = httpx2.get(url, timeout=TIMEOUT, trust_env=False).json()
    except httpx2.TransportError:
        return None
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}

"""What is left of the requests that Alpaca and Google allow in a minute.

Executor and sheets tell it among their metrics; the page asks for those when somebody looks.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx2
from prometheus_client.parser import text_string_to_metric_families

ANSWERS_WITHIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    name: str
    left: int
    of: int
    """What is allowed in a minute."""


@dataclass(frozen=True, slots=True)
class _Kind:
    service: str
    metric: str
    whose: str
    a_minute: int


_KINDS = (
    _Kind("executor", "novalgo_alpaca_requests_remaining", "Alpaca", 200),
    _Kind("sheets", "novalgo_sheets_quota_left", "Google", 60),
)


async def budgets(addresses: Mapping[str, str]) -> list[Budget]:
    """Return the budgets that are known now; a service that does not answer tells none."""
    found: list[Budget] = []
    async with httpx2.AsyncClient(timeout=ANSWERS_WITHIN, trust_env=False) as client:
        for kind in _KINDS:
            with suppress(httpx2.TransportError, ValueError):
                answer = await client.get(f"{addresses[kind.service]}/metrics")
                found += _read(answer.text, kind)
    return found


def _read(metrics: str, kind: _Kind) -> Iterator[Budget]:
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples if family.name == kind.metric else ():
            [label] = sample.labels.values()
            left = int(sample.value)
            yield Budget(name=f"{kind.whose}, {label}", left=left, of=max(kind.a_minute, left))

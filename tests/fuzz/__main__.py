"""`python -m tests.fuzz --minutes 10`: the long attack, with its figures at the end."""

import tempfile
import time
from pathlib import Path
from typing import Annotated, Any, cast

import httpx2
import schemathesis
import typer
from hypothesis import HealthCheck, Phase, given, seed, settings

from novalgo_ingest.openapi import document
from tests.fuzz.attack import Attack, failures, leaks
from tests.fuzz.bodies import BODIES, HEADERS, QUERIES
from tests.fuzzed_ingest import KEY, fuzzed_ingest

ROUND = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def main(minutes: Annotated[float, typer.Option(help="How long.")] = 10) -> None:
    """Exit with 1 where an answer was not promised, a secret got out or something broke."""
    with (
        tempfile.TemporaryDirectory(prefix="novalgo-fuzz-") as folder,
        fuzzed_ingest(Path(folder)) as ingest,
        httpx2.Client(base_url=ingest.url, timeout=30) as client,
    ):
        attack = Attack(ingest, client)
        ends, number = time.monotonic() + minutes * 60, 0
        while time.monotonic() < ends:
            number += 1
            _round(attack, number)
        described = sum(_described(operation, ingest.url) for operation in _operations())
        leaked, broken = leaks(ingest), failures(ingest)
        for (path, status), count in sorted(attack.statuses.items()):
            typer.echo(f"{count:>8}  {status}  {path}")
        typer.echo(f"{number} rounds, {sum(attack.statuses.values())} requests, none unpromised")
        typer.echo(f"{described} more by schemathesis")
        typer.echo(f"alive: {ingest.is_alive()}; leaks: {leaked}; unforeseen: {broken[:3]}")
        if leaked or broken or not ingest.is_alive():
            raise typer.Exit(1)


def _round(attack: Attack, number: int) -> None:
    @seed(number)
    @ROUND
    @given(body=BODIES, headers=HEADERS, query=QUERIES)
    def once(body: bytes, headers: dict[str, str], query: dict[str, str]) -> None:
        attack.message("/webhook", body, headers)
        attack.message("/webhook/preview", body, {})
        attack.search(query)

    once()


def _operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(document())
    return [cast(Any, result).ok() for result in schema.get_all_operations()]


def _described(operation: Any, url: str) -> int:
    sent = 0

    @ROUND
    @given(case=operation.as_strategy())
    def once(case: schemathesis.Case[Any]) -> None:
        nonlocal sent
        sent += 1
        response = case.call(base_url=url, headers={"X-API-Key": KEY})
        assert response.status_code < 500, (case.path, response.status_code, response.text)

    once()
    return sent


if __name__ == "__main__":
    typer.run(main)

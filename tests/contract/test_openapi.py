"""The description of ingest's API, held against the running service by schemathesis."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from novalgo_ingest.openapi import document
from tests.fuzzed_ingest import KEY, FuzzedIngest, fuzzed_ingest

EXAMPLES = 15


@pytest.fixture(scope="module")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedIngest]:
    with fuzzed_ingest(tmp_path_factory.mktemp("ingest")) as running:
        yield running


schema = schemathesis.openapi.from_dict(document())


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_the_service_answers_as_it_is_described(
    case: schemathesis.Case[Any], ingest: FuzzedIngest
) -> None:
    response = case.call(base_url=ingest.url, headers={"X-API-Key": KEY})

    # Which messages are alerts is more than a schema can say: docs/tradingview.md does.  And a
    # search is read as leniently as an alert: `nasdaq:aapl` and `15m` are understood.
    excluded: list[Any] = [negative_data_rejection] if case.path == "/signals" else []
    if case.path.startswith("/webhook"):
        excluded = [positive_data_acceptance, negative_data_rejection]
    case.validate_response(response, excluded_checks=excluded)

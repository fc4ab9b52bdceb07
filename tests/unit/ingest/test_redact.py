"""What a receipt keeps of an alert: all that it said, and no secret of anybody's."""

import json

import pytest

from novalgo_ingest.alert import Alert, Refusal
from novalgo_ingest.redact import LONGEST, STRUCK, as_it_came
from novalgo_ingest.translate import translate
from tests.builders import NOON

SECRET = "made-up-secret"


def test_what_nobody_reads_is_kept_too_in_the_order_in_which_it_came() -> None:
    fields: dict[str, object] = {"strategy": {"name": "Breakout", "order": [1, 2]}, "action": "BUY"}

    assert as_it_came(fields, SECRET) == (
        '{"strategy":{"name":"Breakout","order":[1,2]},"action":"BUY"}'
    )


@pytest.mark.parametrize(
    "name",
    ["apiKey", "API_KEY", "pin", "other_secret", "Password", "auth", "licenseId", "token2"],
)
def test_what_goes_by_the_name_of_a_secret_is_not_kept(name: str) -> None:
    assert as_it_came({name: "made up", "deep": [{name: ["made up"]}]}, SECRET) == json.dumps(
        {name: STRUCK, "deep": [{name: STRUCK}]}, separators=(",", ":")
    )


@pytest.mark.parametrize("name", ["author", "keyword", "opinion", "pine", "compass", "signal"])
def test_what_only_resembles_such_a_name_is_kept(name: str) -> None:
    assert as_it_came({name: "made up"}, SECRET) == f'{{"{name}":"made up"}}'


def test_the_alerts_own_secret_is_found_wherever_it_stands() -> None:
    fields: dict[str, object] = {f"x{SECRET}": [f"my {SECRET}!"], "secret": SECRET}
    fields |= {"action": "BUY", "symbol": "AAPL", "timeframe": "15", "comment": f"a {SECRET} b"}

    alert = translate(fields, NOON)

    assert isinstance(alert, Alert)
    assert SECRET not in str(alert)
    assert alert.comment == f"a {STRUCK} b"


def test_a_long_alert_is_cut() -> None:
    assert len(as_it_came({"words": "word " * 2000}, SECRET)) == LONGEST


def test_an_alert_of_too_many_levels_is_refused() -> None:
    nested: object = "deep"
    for _ in range(900):
        nested = [nested]
    fields = {"action": "BUY", "symbol": "AAPL", "timeframe": "15", "words": nested}

    refused = translate(fields, NOON)

    assert isinstance(refused, Refusal)
    assert refused.error == "The body is nested too deeply"

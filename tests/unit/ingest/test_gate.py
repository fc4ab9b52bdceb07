from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest

from novalgo_common.credentials import Credentials
from novalgo_common.lockout import ALLOWED_FAILURES
from novalgo_ingest.addresses import Origin, client_address
from novalgo_ingest.alert import Alert, Outcome, Refusal
from novalgo_ingest.gate import TRADINGVIEW_CERTIFICATE, Gate
from tests.builders import NOON, SECOND

RIGHT = b'{"action": "BUY", "symbol": "AAPL", "timeframe": "15", "secret": "made-up"}'
WRONG = RIGHT.replace(b"made-up", b"guessed")
TRADINGVIEW = "52.89.214.238"


def a_gate(*, needs_certificate: bool = False) -> Gate:
    return Gate(
        Credentials.of(["made-up"]),
        allowed_networks=[ip_network("52.89.214.238"), ip_network("10.0.0.0/8")],
        trusted_proxies=[ip_network("10.0.0.1")],
        needs_certificate=needs_certificate,
    )


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        pytest.param("203.0.113.7", [], "203.0.113.7", id="nobody between"),
        pytest.param("203.0.113.7", [TRADINGVIEW], "203.0.113.7", id="a header of its own making"),
        pytest.param("10.0.0.1", [TRADINGVIEW], TRADINGVIEW, id="a trusted proxy"),
        pytest.param(
            "10.0.0.1", [f"{TRADINGVIEW}, 203.0.113.7"], "203.0.113.7", id="forged to the left"
        ),
        pytest.param(
            "10.0.0.1", [TRADINGVIEW, "203.0.113.7"], "203.0.113.7", id="forged in another header"
        ),
        pytest.param("10.0.0.1", ["203.0.113.7, 10.0.0.1"], "203.0.113.7", id="two proxies"),
        pytest.param("10.0.0.1", ["203.0.113.7:4711"], "203.0.113.7", id="with its port"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="the proxy itself"),
        pytest.param("10.0.0.1", ["somebody"], None, id="a proxy that tells no address"),
        pytest.param("::ffff:203.0.113.7", [], "203.0.113.7", id="IPv4 in IPv6 clothes"),
        pytest.param(None, [], None, id="no address at all"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    peer: str | None, forwarded_for: list[str], expected: str | None
) -> None:
    address = client_address(Origin(peer, forwarded_for), [ip_network("10.0.0.1")])

    assert address == (ip_address(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        pytest.param(['for=203.0.113.7;proto=https;by="_x"'], "203.0.113.7", id="one hop"),
        pytest.param([f"for={TRADINGVIEW}, For=203.0.113.7"], "203.0.113.7", id="forged before it"),
        pytest.param(['for="[2001:db8::1]:4711"'], "2001:db8::1", id="IPv6 with its port"),
        pytest.param(['for="203.0.113.7:80", for=10.0.0.1'], "203.0.113.7", id="two proxies"),
        pytest.param(["for=unknown"], None, id="a proxy that does not tell"),
        pytest.param(["proto=https"], None, id="a hop without an address"),
    ],
)
def test_the_standard_header_is_read_in_the_same_way(
    forwarded: list[str], expected: str | None
) -> None:
    address = client_address(Origin("10.0.0.1", (), forwarded), [ip_network("10.0.0.1")])
    stranger = client_address(Origin("203.0.113.9", (), forwarded), [ip_network("10.0.0.1")])

    assert address == (ip_address(expected) if expected is not None else None)
    assert stranger == ip_address("203.0.113.9")


def test_two_headers_that_disagree_tell_nothing() -> None:
    proxies = [ip_network("10.0.0.1")]
    forged = Origin("10.0.0.1", ["203.0.113.7"], [f"for={TRADINGVIEW}"])
    agreed = Origin("10.0.0.1", [TRADINGVIEW], [f"for={TRADINGVIEW}"])

    assert client_address(forged, proxies) is None
    assert client_address(agreed, proxies) == ip_address(TRADINGVIEW)


def test_where_certificates_are_checked_an_alert_needs_tradingviews() -> None:
    gate = a_gate(needs_certificate=True)

    without = gate.judge(RIGHT, Origin(TRADINGVIEW), NOON)
    other = gate.judge(RIGHT, Origin(TRADINGVIEW, certificate="CN=somebody"), NOON)
    with_it = gate.judge(RIGHT, Origin(TRADINGVIEW, certificate=TRADINGVIEW_CERTIFICATE), NOON)

    assert isinstance(without, Refusal)
    assert without.outcome is Outcome.FORBIDDEN
    assert isinstance(other, Refusal)
    assert isinstance(with_it, Alert)


def test_an_alert_passes_from_an_allowed_address_alone() -> None:
    gate = a_gate()

    assert isinstance(gate.judge(RIGHT, Origin(TRADINGVIEW), NOON), Alert)
    assert _outcome(gate, RIGHT, peer="203.0.113.7") is Outcome.FORBIDDEN


def test_a_wrong_secret_is_told_before_anything_else_of_the_body() -> None:
    assert _outcome(a_gate(), b'{"secret": "guessed"}') is Outcome.UNAUTHORIZED
    assert _outcome(a_gate(), b'{"secret": "made-up"}') is Outcome.MALFORMED


def test_too_many_wrong_secrets_shut_an_address_out_for_a_minute() -> None:
    gate = a_gate()
    for _ in range(ALLOWED_FAILURES):
        assert _outcome(gate, WRONG) is Outcome.UNAUTHORIZED

    refusal = gate.judge(WRONG, Origin(TRADINGVIEW), NOON + 20 * SECOND)

    assert isinstance(refusal, Refusal)
    assert (refusal.outcome, refusal.retry_after) == (Outcome.LOCKED_OUT, 40)
    assert _outcome(gate, b"{", after=20) is Outcome.LOCKED_OUT
    assert _outcome(gate, WRONG, peer="10.0.0.9") is Outcome.UNAUTHORIZED
    assert _outcome(gate, WRONG, after=61) is Outcome.UNAUTHORIZED


def test_a_right_secret_passes_from_an_address_that_is_shut_out() -> None:
    gate = a_gate()
    for _ in range(ALLOWED_FAILURES + 1):
        gate.judge(WRONG, Origin(TRADINGVIEW), NOON)

    assert isinstance(gate.judge(RIGHT, Origin(TRADINGVIEW), NOON), Alert)


def _outcome(gate: Gate, body: bytes, *, peer: str = TRADINGVIEW, after: int = 0) -> Outcome:
    verdict = gate.judge(body, Origin(peer), NOON + timedelta(seconds=after))
    assert isinstance(verdict, Refusal)
    return verdict.outcome

import json
from decimal import Decimal
from typing import Any

import pytest

from novalgo_simulator.broker.errors import Refusal
from novalgo_simulator.broker.order_request import OrderRequest, parse

ORDER = {"symbol": "AAPL", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}


def read(**changes: Any) -> OrderRequest | Refusal:
    return parse(json.dumps({**ORDER, **changes}).encode())


@pytest.mark.parametrize("qty", [0.1, "0.1", "0.10"])
def test_an_amount_may_be_a_number_or_a_string(qty: object) -> None:
    order = read(qty=qty)

    assert isinstance(order, OrderRequest)
    assert order.qty == Decimal("0.1")


def test_nine_decimals_arrive_exactly() -> None:
    order = parse(json.dumps({**ORDER, "qty": 0.123456789}).encode())

    assert isinstance(order, OrderRequest)
    assert order.qty == Decimal("0.123456789")


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"symbol": ""}, 422, "symbol is required"),
        ({"side": "long"}, 422, "invalid side specified"),
        ({"type": "trailing_stop"}, 422, "invalid type specified"),
        ({"time_in_force": "opg"}, 422, "invalid time_in_force specified"),
        ({"position_intent": "flip"}, 422, "invalid position_intent specified"),
        ({"qty": None}, 422, "qty or notional is required"),
        ({"notional": 5}, 422, "only one of qty or notional is accepted"),
        ({"qty": 0}, 422, "qty must be > 0"),
        ({"qty": "-1"}, 422, "qty must be > 0"),
        ({"qty": "NaN"}, 422, "qty must be > 0"),
        ({"qty": "many"}, 422, "qty must be a number"),
        ({"qty": "1e400"}, 422, "qty is too large"),
        ({"qty": "0.0000000001"}, 422, "qty must be limited to 9 decimal places"),
        (
            {"client_order_id": "x" * 129},
            422,
            "client_order_id must be no more than 128 characters",
        ),
        ({"type": "limit"}, 422, "limit orders require a limit price"),
        ({"limit_price": 5}, 422, "market orders require no stop or limit price"),
        (
            {"type": "limit", "limit_price": 5.005},
            422,
            "limit price must be limited to 2 decimal places",
        ),
        ({"extended_hours": True}, 422, "extended hours order must be DAY or GTC limit orders"),
    ],
)
def test_a_request_that_cannot_be_an_order_is_refused(
    changes: dict[str, Any], status: int, message: str
) -> None:
    refusal = read(**changes)

    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.message) == (status, message)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"qty": NaN}', b"[" * 100_000, b"\xff"])
def test_what_is_no_json_object_is_a_bad_request(body: bytes) -> None:
    refusal = parse(body)

    assert isinstance(refusal, Refusal)
    assert refusal.status == 400

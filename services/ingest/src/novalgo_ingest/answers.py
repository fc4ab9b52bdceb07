"""What the HTTP surface answers: JSON, and how amounts look in it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from starlette.responses import Response

from novalgo_common.config_copy import ConfigCopy
from novalgo_common.events import Action, Leg
from novalgo_common.order_ids import client_order_id
from novalgo_ingest.alert import Alert

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def answer(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(_ENCODE(body), status, dict(headers or {}), media_type="application/json")


def error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return answer({"error": text}, status, headers)


def number(amount: Decimal | None) -> int | float | None:
    """Return an amount as JSON readers expect it; only for showing, never to reckon with."""
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def accepted(alert: Alert, signal_id: UUID, config: ConfigCopy) -> dict[str, Any]:
    """Return the answer for a stored signal, as far as the config copy can tell what follows."""
    signal = {
        "action": alert.action.value,
        "symbol": alert.symbol,
        "timeframe": alert.timeframe,
    }
    reason = why_skipped(alert, config)
    if reason is not None:
        return {"status": "skipped", "reason": reason, **signal, "signal_id": str(signal_id)}
    row = config.row(alert.symbol, alert.timeframe)
    leg = Leg.CLOSE if alert.action is Action.CLOSE else Leg.OPEN
    return {
        "status": "success",
        **signal,
        "amount": number(row.position_size) if row is not None else None,
        "order_id": client_order_id(signal_id, leg),
        "signal_id": str(signal_id),
    }


def why_skipped(alert: Alert, config: ConfigCopy) -> str | None:
    """Return why executor will decline, as far as the copy can tell; None when it will not.

    Exits are never skipped, and nothing is while no config is known.
    """
    if alert.action is Action.CLOSE or config.version is None:
        return None
    row = config.row(alert.symbol, alert.timeframe)
    if row is None:
        return "The Config tab has no valid row for this symbol and timeframe"
    return None if row.active else "The row of the Config tab is not active"

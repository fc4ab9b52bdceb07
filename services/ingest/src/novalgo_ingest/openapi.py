"""`GET /openapi.json`: what ingest answers, held against the service itself by schemathesis.  Pure.

Written by hand: FastAPI derives a description from models that it parses bodies with, and the
webhook must read bodies that no model describes.
"""

from typing import Any, TypeAlias

from novalgo_common.events import Action, Ending, Leg, OrderStatus
from novalgo_common.symbols import PATTERN as SYMBOL_PATTERN
from novalgo_common.timeframes import PATTERN as TIMEFRAME_PATTERN
from novalgo_ingest.body import LARGEST
from novalgo_ingest.names import ALIASES
from novalgo_ingest.receipts.receipt import STEPS
from novalgo_ingest.receipts.search import MOST, UNDER_WAY

Json: TypeAlias = dict[str, Any]

_TEXT: Json = {"type": "string"}
_TEXT_OR_NONE: Json = {"type": ["string", "null"]}
_NUMBER_OR_NONE: Json = {"type": ["number", "null"]}
_TIME: Json = {"type": "string", "format": "date-time"}
_MOMENT: Json = {
    "type": "string",
    "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]"
    "(:[0-5][0-9])?(Z|[+-](0[0-9]|1[0-2]):[0-5][0-9])$",
    "example": "2026-11-11T17:00:00Z",
}
_ID: Json = {"type": "string", "format": "uuid"}
_SYMBOL: Json = {"type": "string", "pattern": SYMBOL_PATTERN}
_TIMEFRAME: Json = {"type": "string", "pattern": TIMEFRAME_PATTERN}


def _object(required: Json, optional: Json | None = None, *, more: bool = False) -> Json:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": more,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _one_of(words: type[Any] | tuple[str, ...]) -> Json:
    return {"type": "string", "enum": [str(word) for word in words]}


_BOOK = {"action": _one_of(Action), "symbol": _SYMBOL, "timeframe": _TIMEFRAME}
_ERROR = _object({"error": _TEXT})
_ORDER = _object(
    {
        "leg": _one_of(Leg),
        "client_order_id": _TEXT,
        "status": _one_of(OrderStatus),
        "filled_qty": {"type": "number"},
        "filled_avg_price": _NUMBER_OR_NONE,
    }
)
_RECEIPT = _object(
    {
        "signal_id": _ID,
        **_BOOK,
        "ending": {"enum": [*map(str, Ending), None]},
        "reason": _TEXT_OR_NONE,
        "detail": _TEXT_OR_NONE,
        "price": _NUMBER_OR_NONE,
        "comment": _TEXT_OR_NONE,
        "channel": _TEXT_OR_NONE,
        "address": _TEXT_OR_NONE,
        "secret": _TEXT_OR_NONE,
        "message": _TEXT_OR_NONE,
        "warning": _TEXT_OR_NONE,
        "orders": _list(_ORDER),
        "steps": _list(_object({"step": _one_of(STEPS), "at": _TIME})),
    }
)
_ACCEPTED = _object(
    {
        "status": {"const": "success"},
        **_BOOK,
        "amount": _NUMBER_OR_NONE,
        "order_id": _TEXT,
        "signal_id": _ID,
    }
)
_SKIPPED = _object({"status": {"const": "skipped"}, "reason": _TEXT, **_BOOK, "signal_id": _ID})
_DUPLICATE = _object({"status": {"const": "duplicate"}, "signal_id": _ID})
_HEARTBEAT = _object({"status": {"const": "heartbeat"}, "symbol": _SYMBOL, "timeframe": _TIMEFRAME})
_PREVIEW = _object(
    {"would": _TEXT},
    {
        "error": _TEXT,
        "secret": {"type": "boolean"},
        "alert": _object({}, more=True),
        "skipped": _TEXT_OR_NONE,
        "warning": _TEXT_OR_NONE,
        "signal_id": _ID,
        "executor": _object({}, more=True),
    },
)
_POSITION = _object(
    {
        "symbol": _TEXT,
        "qty": {"type": "number"},
        "side": _one_of(("long", "short")),
        "market_value": _NUMBER_OR_NONE,
        "unrealized_pl": _NUMBER_OR_NONE,
    }
)
_ALERT = {
    **_object(
        {},
        {
            **{name: {} for names in ALIASES.values() for name in names},
            "bar_time": {},
            "price": {},
            "comment": {},
            "id": {},
            "market_position": {},
        },
        more=True,
    ),
    "description": "The fields are described in docs/tradingview.md; anything else is a 400.",
}


def _answer(what: str, schema: Json) -> Json:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _text(what: str, kind: str) -> Json:
    return {"description": what, "content": {kind: {"schema": _TEXT}}}


_KEYED = {
    "401": _answer("The API key is wrong or missing", _ERROR),
    "503": _answer("What is asked for is away", _ERROR),
}
_FROM_OUTSIDE = {"401": _answer("From a public address it needs an API key", _ERROR)}
_BODY = {
    "required": True,
    "description": f"At most {LARGEST} bytes; the content type does not matter.",
    "content": {"application/json": {"schema": _ALERT}, "text/plain": {"schema": _TEXT}},
}
_BODY_REFUSED = {
    "413": _answer("The body is too large", _ERROR),
    "415": _answer("The body is compressed", _ERROR),
}


def _get(summary: str, answers: Json, parameters: list[Json] | None = None) -> Json:
    keyed = {"security": [{"key": []}], "responses": {**answers, **_KEYED}}
    return {"get": {"summary": summary, "parameters": parameters or [], **keyed}}


def _open(summary: str, answers: Json) -> Json:
    return {"get": {"summary": summary, "responses": answers}}


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema}


_SEARCH = [
    _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST}),
    _query("before", {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}),
    _query("symbol", _SYMBOL),
    _query("timeframe", _TIMEFRAME),
    _query("action", _one_of(Action)),
    _query("ending", _one_of((*map(str, Ending), UNDER_WAY))),
    _query("since", _MOMENT),
    _query("until", _MOMENT),
    _query("format", _one_of(("json", "csv"))),
]
_PATHS: Json = {
    "/webhook": {
        "post": {
            "summary": "An alert; it carries its secret in the body",
            "requestBody": _BODY,
            "responses": {
                "200": _answer(
                    "Stored, or a repeat of what is",
                    {"oneOf": [_ACCEPTED, _SKIPPED, _DUPLICATE, _HEARTBEAT]},
                ),
                "400": _answer("The message cannot be read", _ERROR),
                "401": _answer("The secret is wrong or missing", _ERROR),
                "403": _answer("The address may not send alerts", _ERROR),
                "429": _answer("Too many wrong secrets from this address", _ERROR),
                "503": _answer("Not stored: send it again", _ERROR),
                **_BODY_REFUSED,
            },
        }
    },
    "/webhook/preview": {
        "post": {
            "summary": "What an alert would become, without doing it",
            "security": [{"key": []}],
            "requestBody": _BODY,
            "responses": {
                "200": _answer("Told", _PREVIEW),
                "400": _answer("The body did not arrive", _ERROR),
                **_BODY_REFUSED,
                **_KEYED,
            },
        }
    },
    "/signals": _get(
        "Receipts, newest first",
        {
            "200": {
                "description": "A page of them",
                "content": {
                    "application/json": {
                        "schema": _object(
                            {"signals": _list(_RECEIPT), "before": {"type": ["integer", "null"]}}
                        )
                    },
                    "text/csv": {"schema": _TEXT},
                },
            },
            "400": _answer("A parameter is wrong", _ERROR),
        },
        _SEARCH,
    ),
    "/signals/{signal_id}": _get(
        "One receipt",
        {
            "200": _answer("It", _RECEIPT),
            "400": _answer("That is no id", _ERROR),
            "404": _answer("There is no such signal", _ERROR),
        },
        [{"name": "signal_id", "in": "path", "required": True, "schema": _ID}],
    ),
    "/config": _get(
        "The dollars of each active row",
        {
            "200": _answer(
                "By symbol and timeframe",
                _object(
                    {
                        "config": {
                            "type": "object",
                            "additionalProperties": {"type": ["number", "null"]},
                        },
                        "total": {"type": "integer"},
                    }
                ),
            )
        },
    ),
    "/positions": _get(
        "What the account holds",
        {
            "200": _answer(
                "Now", _object({"positions": _list(_POSITION), "total": {"type": "integer"}})
            )
        },
    ),
    "/performance": _get(
        "Compute the Performance tab anew",
        {"200": _answer("It is written", _object({"status": _TEXT}))},
    ),
    "/health": _open(
        "That it runs", {"200": _answer("How it is", _object({"status": _TEXT}, more=True))}
    ),
    "/ready": _open(
        "Whether it should get work",
        {
            status: _answer(what, _object({"status": _TEXT, "problems": {"type": "object"}}))
            for status, what in (("200", "It should"), ("503", "It should not, and why"))
        }
        | _FROM_OUTSIDE,
    ),
    "/metrics": _open(
        "For Prometheus", {"200": _text("The metrics", "text/plain"), **_FROM_OUTSIDE}
    ),
}


def document() -> Json:
    """Return the description, as OpenAPI 3.1 has it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "NovAlgo ingest", "version": "1"},
        "paths": _PATHS,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
        },
    }

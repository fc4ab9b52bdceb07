"""Alpaca's own OpenAPI documents, as a check of every answer.

The documents are not part of this repository; the tests that need them are skipped where they
are not beside the checkout, except in CI.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[3] / "shared" / "data"


class Document:
    """Knows which requests the API has, and how each answer must look."""

    def __init__(self, name: str) -> None:
        path = FOLDER / name
        if not path.exists() and not os.environ.get("CI"):
            pytest.skip("Alpaca's OpenAPI document is not beside the checkout")
        self._document = json.loads(path.read_text())
        # Names before placeholders: /v2/orders:by_client_order_id is not an order's id.
        paths = sorted(self._document["paths"], key=lambda path: path.count("{"))
        self._paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]

    def check(self, answer: requests.Response, *_args: object, **_kwargs: object) -> None:
        """Fail unless the API may answer the request with this status and this body."""
        method = str(answer.request.method).lower()
        operation = self._operation(method, urlsplit(str(answer.request.url)).path)
        if answer.status_code >= 400:
            assert {"message"} <= answer.json().keys() <= _REFUSAL
            return
        described = operation["responses"][str(answer.status_code)]
        if "content" in described:
            schema = described["content"]["application/json"]["schema"]
            self._validate(answer.json(), schema)

    def check_event(self, event: dict[str, Any]) -> None:
        """Fail unless the activity events may hold this one.

        By the schema of its own kind: of the document's choice of details several fit every split.
        """
        schemas = self._document["components"]["schemas"]
        kind = event.get("activity_subtype") or event["activity_type"]
        self._validate(event, schemas["ActivityEventV2CommonFields"])
        self._validate(event["details"], schemas[_DETAILS[kind]])

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        described = (
            self._document["paths"][name]
            for pattern, name in self._paths
            if pattern.fullmatch(path)
        )
        operation: dict[str, Any] = next(item[method] for item in described if method in item)
        return operation

    def _validate(self, body: object, schema: dict[str, Any]) -> None:
        items = schema.get("items", {})
        if "oneOf" in items:
            # The document's own slip: every trading activity is a valid non-trading one as well.
            schema = {"items": items["oneOf"][0]}
        whole = {**schema, "components": self._document["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        Draft202012Validator(whole, format_checker=checker).validate(body)


_DETAILS = {
    "FILL": "ActivityV2DetailTRD",
    "FSPLIT": "ForwardSplitActivityV2",
    "RSPLIT": "ReverseSplitActivityV2",
}
_REFUSAL = {
    "code",
    "message",
    "symbol",
    "available",
    "existing_qty",
    "held_for_orders",
    "buying_power",
    "cost_basis",
    "existing_order_id",
    "reject_reason",
}

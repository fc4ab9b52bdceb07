"""Google's own description of the Sheets API, turned into JSON Schema.

The document is not part of this repository (its licence is Apache-2.0): it is read where it lies
beside the checkout.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "sheets.v4.json"


class Discovery:
    """Knows which requests the API has, and how each request and answer must look."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._methods = list(_methods(document["resources"]))
        self._common = document["parameters"].keys()
        self._defs = _schema(document["schemas"])
        for definition in self._defs.values():
            definition["additionalProperties"] = False

    @classmethod
    def found(cls) -> "Discovery | None":
        return cls(json.loads(DOCUMENT.read_text())) if DOCUMENT.exists() else None

    def check(self, method: str, url: str, sent: object, received: object) -> None:
        """Fail unless the API has this request, and both bodies have the documented shape."""
        parts = urlsplit(url)
        described = self._described(method, parts.path)
        known = described["parameters"].keys() | self._common
        assert parse_qs(parts.query).keys() <= known
        self._check_enums(described, parse_qs(parts.query))
        if "request" in described and sent is not None:
            self._validate(described["request"], _without_nulls(sent))
        self._validate(described["response"], received)

    def _described(self, method: str, path: str) -> Mapping[str, Any]:
        for described in self._methods:
            pattern = re.sub(r"\{[^}]+\}", "[^/:]+", described["path"].replace("{range}", "(.+)"))
            if described["httpMethod"] == method and re.fullmatch("/" + pattern, unquote(path)):
                return described
        raise AssertionError(f"Google has no {method} {path}")

    def _check_enums(self, described: Mapping[str, Any], query: Mapping[str, list[str]]) -> None:
        for name, values in query.items():
            allowed = described["parameters"].get(name, {}).get("enum")
            assert allowed is None or set(values) <= set(allowed)

    def _validate(self, reference: Mapping[str, str], body: object) -> None:
        schema = {**_schema(reference), "$defs": self._defs}
        Draft202012Validator(schema).validate(body)


def _methods(resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for resource in resources.values():
        # Longest path first, so that `values/{range}:append` is not taken for a range.
        yield from sorted(
            resource.get("methods", {}).values(), key=lambda method: -len(method["path"])
        )
        yield from _methods(resource.get("resources", {}))


def _schema(node: Any) -> Any:
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": f"#/$defs/{node['$ref']}"}
    if node.get("type") == "any":
        return {}
    words = ("description", "id", "enumDescriptions", "enumDeprecated", "format")
    return {
        name: _schema(value)
        for name, value in node.items()
        if name not in words or isinstance(value, dict)
    }


def _without_nulls(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_nulls(item) if item is not None else None for item in node]
    if isinstance(node, dict):
        return {name: _without_nulls(value) for name, value in node.items() if value is not None}
    return node

"""An alert as it came, for its receipt, without what may be a secret.  Pure."""

import json
import re
from functools import lru_cache

from novalgo_ingest.strict_json import Fields, whole

LONGEST = 4000
"""Characters that are kept of an alert."""
STRUCK = "[redacted]"

_SHORTEST = 4
_SECRETIVE = re.compile(
    r"secret|token|passw|passphrase|credential|signature|licen[cs]e|auth(?!or)|api.?key"
    r"|(?<![a-z])(key|pin|pass|pwd)(?![a-z])",
    re.IGNORECASE,
)
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def as_it_came(fields: Fields, secret: object) -> str:
    """Return the fields in JSON, in their order.

    `[redacted]` stands for the alert's own secret wherever it turns up, and for what goes by the
    name of a secret: people send one message to several systems.  A longer text is cut.  Raises
    `NotStrictJsonError` as `canonical` does.
    """
    with whole(fields):
        text = _ENCODE(_clean(fields, secret))
        text.encode("utf-8")  # where it is not whole it can be stored nowhere
        return text[:LONGEST]


def struck(text: str, secret: object) -> str:
    """Return the text without the secret."""
    if isinstance(secret, str) and len(secret) >= _SHORTEST:
        return text.replace(secret, STRUCK)
    return text


def _clean(value: object, secret: object) -> object:
    if isinstance(value, str):
        return struck(value, secret)
    if isinstance(value, dict):
        return {
            struck(name, secret): STRUCK if _is_secretive(name) else _clean(inner, secret)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_clean(inner, secret) for inner in value]
    return value


@lru_cache(maxsize=256)
def _is_secretive(name: str) -> bool:
    return _SECRETIVE.search(name) is not None

"""From a body to its fields: a JSON object, or a text of the owner's pattern.  Pure."""

from novalgo_ingest.names import NAMES
from novalgo_ingest.strict_json import Fields, NotStrictJsonError, parse_object
from novalgo_ingest.text_pattern import TextPattern


def read_message(body: bytes, pattern: TextPattern | None) -> Fields:
    """Return the fields, those that we know under their names in small letters.

    Raises `NotStrictJsonError`, and nothing else, for any other bytes.
    """
    if pattern is None or body.lstrip().startswith(b"{"):
        return _small(parse_object(body))
    try:
        fields = pattern.read(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise NotStrictJsonError("The body is not UTF-8") from None
    if fields is None:
        raise NotStrictJsonError("The body is neither JSON nor as NOVALGO_TEXT_PATTERN says")
    return fields


def _small(fields: Fields) -> Fields:
    small = {name.lower() if name.lower() in NAMES else name: fields[name] for name in fields}
    if len(small) != len(fields):
        raise NotStrictJsonError("A field is given twice, in small letters and in capitals")
    return small

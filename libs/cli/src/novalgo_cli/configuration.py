"""docs/configuration.md, made from the settings that the code declares.  Pure."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from novalgo_cli.settings_classes import BY_READER
from novalgo_common.settings import PREFIX

_INTRODUCTION = f"""\
# Configuration

Made from the code by `novalgo settings > docs/configuration.md`, and checked by a test.

Every setting is an environment variable that begins with `{PREFIX}`. Each can also be given as
`{PREFIX}…_FILE`, the path of a file that holds the value, which is how mounted secrets arrive; one
of the two, not both. An empty value counts as none. A wrong value ends the start with one line
that names it, and exit code 2; `novalgo doctor` tells what is configured, what answers, and which
variables nobody reads.
"""


def configuration() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_sections()])


def _sections() -> Iterator[str]:
    seen: set[str] = set()
    for reader, settings in BY_READER.items():
        own = {name: field for name, field in settings.model_fields.items() if name not in seen}
        seen |= own.keys()
        if own:
            yield f"## {reader.capitalize()}\n\n| setting | default | meaning |\n|---|---|---|"
            yield from (_line(name, field, reader) for name, field in own.items())
            yield ""


def _line(name: str, field: FieldInfo, reader: str) -> str:
    meaning = (field.description or "").replace("|", "\\|")
    others = _others(name, reader)
    if others:
        meaning += f" (also read by {', '.join(others)})"
    return f"| `{PREFIX}{name.upper()}` | {_default(field.default)} | {meaning} |"


def _others(name: str, reader: str) -> list[str]:
    if reader == "every service":
        return []
    return [
        other
        for other, settings in BY_READER.items()
        if other != reader and name in settings.model_fields
    ]


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, SecretStr):
        return "built in"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value.value if isinstance(value, Enum) else value}`"

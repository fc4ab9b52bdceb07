"""The file that says what goes wrong: taken up at the start, and whenever it changes."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from novalgo_simulator.faults.script import Script

PAUSE = 0.2

_log = logging.getLogger(__name__)


async def follow_script(path: Path | None, take: Callable[[Script], None]) -> None:
    """Take up a JSON file whenever its text changes, for ever.

    A file that is not there is an empty script; one that cannot be read changes nothing.
    """
    seen = ""
    while path is not None:
        text = _text(path)
        if text != seen:
            seen = text
            _take_text(text, path, take)
        await asyncio.sleep(PAUSE)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _take_text(text: str, path: Path, take: Callable[[Script], None]) -> None:
    try:
        script = Script.model_validate_json(text or "{}")
    except ValidationError as error:
        _log.error("the faults in %s are not taken up: %s", path.name, error)
    else:
        take(script)

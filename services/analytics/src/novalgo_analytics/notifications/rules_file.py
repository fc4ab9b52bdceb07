"""Reads the rules' file, and writes it the first time."""

from importlib.resources import files
from pathlib import Path

from novalgo_analytics.notifications.rules import Rules, parse_rules
from novalgo_common.errors import SettingsError


def read_rules(path: Path) -> Rules:
    """Return the rules; a file that is not there yet is written as it comes with NovAlgo.

    Raises `SettingsError` with one line that says what to mend.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shipped(), encoding="utf-8")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({type(error).__name__})") from None
    return parse_rules(text, str(path))


def shipped() -> str:
    """Return the file as it comes with NovAlgo."""
    return files("novalgo_analytics").joinpath("alerts.toml").read_text(encoding="utf-8")

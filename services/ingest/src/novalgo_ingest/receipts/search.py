"""Which receipts somebody asks for.  Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from novalgo_common.events import Action, Ending
from novalgo_common.symbols import parse_symbol
from novalgo_common.timeframes import parse_timeframe
from novalgo_ingest.moments import parse_moment

MOST = 200
UNDER_WAY = "none"
"""How one asks for the signals without an ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Newest first; a condition that is None does not count."""

    limit: int = 50
    before: int | None = None
    """The sequence below which to look: the `before` of the page before."""
    symbol: str | None = None
    timeframe: str | None = None
    action: Action | None = None
    ending: str | None = None
    since: datetime | None = None
    """When the alert was received: not earlier than this."""
    until: datetime | None = None
    """Earlier than this."""


class WrongSearchError(ValueError):
    """The text names the parameter and says what it may be."""


def parse_search(query: Mapping[str, str]) -> Search:
    """Return the search that the parameters of a request ask for; raise `WrongSearchError`."""
    found: dict[str, Any] = {}
    for name, text in query.items():
        if name not in _PARSERS:
            raise WrongSearchError(f"no parameter is any of these but: {', '.join(_PARSERS)}")
        parse, expected = _PARSERS[name]
        found[name] = parse(text)
        if found[name] is None:
            raise WrongSearchError(f"{name}: not {expected}")
    return Search(**found)


def _whole_number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 18 else None


def _limit(text: str) -> int | None:
    number = _whole_number(text)
    return number if number is not None and 1 <= number <= MOST else None


def _action(text: str) -> Action | None:
    return Action(text.upper()) if text.upper() in Action.__members__ else None


def _ending(text: str) -> str | None:
    return text if text in (*Ending, UNDER_WAY) else None


_PARSERS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "limit": (_limit, f"a number from 1 to {MOST}"),
    "before": (_whole_number, "a number"),
    "symbol": (parse_symbol, "a US stock symbol"),
    "timeframe": (parse_timeframe, "a chart interval"),
    "action": (_action, "BUY, SELL or CLOSE"),
    "ending": (_ending, f"one of {', '.join((*Ending, UNDER_WAY))}"),
    "since": (parse_moment, "a time with a zone"),
    "until": (parse_moment, "a time with a zone"),
}

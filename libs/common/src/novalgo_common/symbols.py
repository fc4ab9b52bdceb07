"""US stock symbols as people, TradingView and Alpaca write them: `AAPL`, `NASDAQ:AAPL`, `BRK-B`."""

import re
from functools import lru_cache
from typing import Annotated

from pydantic import StringConstraints

PATTERN = r"^[A-Z]{1,5}(\.[A-Z]{1,3})?$"

Symbol = Annotated[str, StringConstraints(pattern=PATTERN)]
"""A symbol in its one canonical form, which is also Alpaca's: capitals, no exchange."""

_EXCHANGE_PREFIX = re.compile(r"^[A-Z][A-Z_]{1,11}:")
_CLASS_SHARE = re.compile(r"^([A-Z]{1,4})[/-]([A-Z])$")
_CANONICAL = re.compile(PATTERN)


@lru_cache(maxsize=1024)
def parse_symbol(text: str) -> str | None:
    """Return the canonical symbol, or None where the text is not a US stock's."""
    if not text.isascii():  # asked before upper(), which turns a dotless i into I
        return None
    symbol = _EXCHANGE_PREFIX.sub("", text.strip().upper(), count=1)
    symbol = _CLASS_SHARE.sub(r"\1.\2", symbol)
    return symbol if _CANONICAL.match(symbol) else None

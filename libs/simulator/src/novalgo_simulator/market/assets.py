"""What can be traded, and how.

Every symbol of a sensible shape exists.  Those in `TRAITS` differ from a plain share.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import NAMESPACE_DNS, UUID, uuid5

SENSIBLE = re.compile(r"[A-Z]{1,5}(\.[A-Z]{1,2})?")
_ASSETS = uuid5(NAMESPACE_DNS, "assets.simulated.invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    symbol: str
    name: str = ""
    exchange: str = "NASDAQ"
    active: bool = True
    fractionable: bool = True
    shortable: bool = True
    easy_to_borrow: bool = True

    @property
    def id(self) -> UUID:
        return uuid5(_ASSETS, self.symbol)


_KNOWN = (
    Asset(symbol="AAPL", name="Apple Inc. Common Stock"),
    Asset(symbol="AMD", name="Advanced Micro Devices, Inc. Common Stock"),
    Asset(symbol="AMZN", name="Amazon.com, Inc. Common Stock"),
    Asset(symbol="BRK.B", name="Berkshire Hathaway Inc. Class B", exchange="NYSE"),
    Asset(symbol="GOOGL", name="Alphabet Inc. Class A"),
    Asset(symbol="META", name="Meta Platforms, Inc. Class A"),
    Asset(symbol="MSFT", name="Microsoft Corporation Common Stock"),
    Asset(symbol="NVDA", name="NVIDIA Corporation Common Stock"),
    Asset(symbol="QQQ", name="Invesco QQQ Trust, Series 1"),
    Asset(symbol="SPY", name="SPDR S&P 500 ETF Trust", exchange="ARCA"),
    Asset(symbol="TSLA", name="Tesla, Inc. Common Stock"),
    Asset(symbol="TRUE", name="TrueCar, Inc. Common Stock"),
    # From here on, what sets them apart; those with a made-up name exist in no market.
    Asset(
        symbol="BRK.A", name="Berkshire Hathaway Inc. Class A", exchange="NYSE", fractionable=False
    ),
    Asset(symbol="WHOLE", name="Whole Shares Only, Simulated", fractionable=False),
    Asset(symbol="NOSHT", name="Not Shortable, Simulated", shortable=False, easy_to_borrow=False),
    Asset(symbol="HARDB", name="Hard To Borrow, Simulated", easy_to_borrow=False),
    Asset(symbol="GONE", name="Delisted, Simulated", active=False),
)
TRAITS: Mapping[str, Asset] = MappingProxyType({asset.symbol: asset for asset in _KNOWN})
UNKNOWN = frozenset({"ZZZZ", "NOSUC"})  # of a sensible shape, and still unknown


def find_asset(symbol: str) -> Asset | None:
    """Return the asset, or None where Alpaca would say that there is none."""
    if symbol in UNKNOWN or not SENSIBLE.fullmatch(symbol):
        return None
    return TRAITS.get(symbol) or Asset(symbol=symbol, name=f"{symbol}, Simulated")

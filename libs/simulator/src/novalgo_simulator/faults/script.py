"""What is to go wrong, as a file or a test says it: docs/simulator.md shows an example."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from novalgo_simulator.broker.order import Side
from novalgo_simulator.faults.seam import Fate, Manner

Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RequestFault(StrEnum):
    LATENCY = "latency"  #: the right answer, `seconds` late
    HANG = "hang"  #: no answer until the client gives up
    RESET = "reset"  #: the connection is reset
    ERROR = "error"  #: `status` with a JSON body
    HTML = "html"  #: `status` with a gateway's page
    UNKNOWN_STATUS = "unknown_status"  #: carried out; the order has a status nobody knows
    HALF_ANSWER = "half_answer"  #: carried out; the JSON breaks off


class UpdateFault(StrEnum):
    MISSING = "missing"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"  #: told after the next one
    CORRUPT = "corrupt"


class RequestRule(_Part):
    """Which requests fail, and how.  `share` of those that fit, and at most `times`."""

    fault: RequestFault
    method: str | None = None
    path: str = "/v2/"
    """What the path begins with."""
    taken: bool = False
    """Whether the request is carried out all the same."""
    status: int = Field(500, ge=400, le=599)
    seconds: float = Field(1.0, ge=0)
    share: Share = 1.0
    times: int | None = Field(None, ge=1)


class OrderRule(_Part):
    """Which orders the market treats otherwise; without `symbols`, any."""

    fate: Fate
    symbols: frozenset[str] | None = None
    seconds: float | None = Field(None, gt=0)
    """How long from the order's making, or None for as long as the rule stands."""
    share: Share = 1.0


class UpdateRule(_Part):
    fault: UpdateFault
    share: Share = 1.0


class Stream(_Part):
    manner: Manner = Manner.ORDINARY
    one_connection: bool = False
    """Refuse a second one, as Alpaca does."""


class Split(_Part):
    """`ratio` new shares for each old one; the symbol's open orders are cancelled."""

    do: Literal["split"] = "split"
    symbol: str
    ratio: Decimal = Field(gt=0)


class ManualTrade(_Part):
    """Somebody trades by hand, in the same account."""

    do: Literal["manual_trade"] = "manual_trade"
    symbol: str
    side: Side
    qty: Decimal = Field(gt=0)


class Bust(_Part):
    """The exchange undoes the newest execution of a symbol; where there is none, nothing."""

    do: Literal["bust"] = "bust"
    symbol: str


class Correction(_Part):
    """The exchange gives the newest execution of a symbol another price or quantity."""

    do: Literal["correct"] = "correct"
    symbol: str
    price: Decimal | None = Field(None, gt=0)
    qty: Decimal | None = Field(None, gt=0)


class AccountReset(_Part):
    """Alpaca's reset of a paper account: positions and orders vanish, the cash is as at first."""

    do: Literal["reset"] = "reset"


Action = Annotated[
    Split | ManualTrade | Bust | Correction | AccountReset, Field(discriminator="do")
]


class Script(_Part):
    """All that goes wrong now.  The first rule that fits counts."""

    requests: tuple[RequestRule, ...] = ()
    orders: tuple[OrderRule, ...] = ()
    updates: tuple[UpdateRule, ...] = ()
    stream: Stream = Stream()
    halted: frozenset[str] = frozenset()
    """Symbols in which no order fills."""
    clock_skew_seconds: float = 0.0
    actions: tuple[Action, ...] = ()
    """Done once, when the script is taken up."""

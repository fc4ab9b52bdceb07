"""What the simulator can be told from outside."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from novalgo_common.settings import Port, Settings
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY


class SimulatorSettings(Settings):
    """The simulated Alpaca: its account, its market and its manners."""

    simulator_port: Port = Field(8090, description="The port of the simulated Alpaca and Sheets")
    simulator_seed: int = Field(7, description="Decides every simulated price and partial fill")
    simulator_session: Literal["always", "calendar"] = Field(
        "always",
        description="`always`: the market never closes; `calendar`: New York's hours and holidays",
    )
    simulator_prices: Path | None = Field(
        None,
        description="A CSV file of `step,symbol,price` that takes the place of the random walk",
    )
    simulator_step: float = Field(1.0, gt=0, description="Seconds from one price to the next")
    simulator_rate_limit: int = Field(
        200, ge=1, description="Requests a minute that the simulated Alpaca answers"
    )
    simulator_cash: Decimal = Field(
        Decimal(100_000), gt=0, description="Dollars that a new simulated account starts with"
    )
    simulator_fill_latency: float = Field(
        0.02, ge=0, description="Seconds from accepting an order to filling it"
    )
    simulator_partial_fills: Decimal = Field(
        Decimal("0.1"), ge=0, le=1, description="The share of orders that fill in two parts"
    )
    simulator_frames: Literal["binary", "text"] = Field(
        "binary", description="The websocket frames of trade updates; Alpaca's paper sends binary"
    )
    simulator_faults: Path | None = Field(
        None,
        description="A JSON file of what goes wrong at the simulated Alpaca, read again whenever "
        "it changes; see docs/simulator.md",
    )
    simulator_key_id: str = Field(ALPACA_KEY_ID, description="The key id that is let in")
    simulator_secret_key: SecretStr = Field(
        SecretStr(ALPACA_SECRET_KEY), description="The secret key that is let in"
    )

"""What executor is told from outside."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from novalgo_common import settings as common
from novalgo_common.simulated import ALPACA_KEY_ID, ALPACA_SECRET_KEY
from novalgo_executor.facts import Conflict, Rules, WhenClosed
from novalgo_executor.limits import Limits

_TRADING = {"paper": "https://paper-api.alpaca.markets", "live": "https://api.alpaca.markets"}
_STREAM = {
    "paper": "wss://paper-api.alpaca.markets/stream",
    "live": "wss://api.alpaca.markets/stream",
}
_DATA = "https://data.alpaca.markets"


class Settings(common.Settings):
    """Executor's settings.  Without keys it trades on the simulator."""

    executor_port: common.Port = Field(8081, description="Executor's port")
    simulator_port: common.Port = Field(8090, description="The simulator's port")
    alpaca_key_id: SecretStr | None = Field(
        None, description="Alpaca's key id; without it the simulator is traded on"
    )
    alpaca_secret_key: SecretStr | None = Field(None, description="The key's secret")
    alpaca_env: Literal["paper", "live"] = Field(
        "paper", description="`live` trades real money, and needs `ALPACA_ACCOUNT`"
    )
    alpaca_account: str | None = Field(
        None, description="The number of the live account, as a guard against the wrong keys"
    )
    alpaca_url: str | None = Field(
        None, description="Alpaca's trading address; the default follows `ALPACA_ENV`"
    )
    alpaca_data_url: str | None = Field(None, description="Alpaca's market data address")
    alpaca_stream_url: str | None = Field(None, description="Alpaca's order stream address")
    signal_max_age: int = Field(
        300, ge=1, description="Seconds after which a signal opens nothing any more"
    )
    config_max_age: int = Field(
        14_400,
        ge=60,
        description="Seconds that the sheet may not have been read before entries are declined; "
        "exits go on",
    )
    when_closed: WhenClosed = Field(
        WhenClosed.QUEUE,
        description="Entries while the market is closed: `queue` for the next open, or `reject`",
    )
    conflict: Conflict = Field(
        Conflict.NET,
        description="Opposite timeframes of one symbol: `net` them at Alpaca, or `refuse` the "
        "second",
    )
    unknown_grace_seconds: int = Field(
        15,
        ge=1,
        description="Seconds that an order of unknown outcome is looked for at Alpaca before its "
        "signal ends as failed",
    )
    entry_patience_seconds: int = Field(
        120,
        ge=1,
        description="Seconds that an entry which has filled in part may rest in an open market "
        "before its rest is cancelled",
    )
    limit_orders_a_minute: int | None = Field(
        None, ge=1, description="Entries a minute; more are declined"
    )
    limit_order_dollars: Decimal | None = Field(
        None, gt=0, description="Dollars of one entry; a larger one is declined"
    )
    limit_gross_exposure: Decimal | None = Field(
        None, gt=0, description="Dollars in longs and shorts together; entries beyond are declined"
    )
    limit_price_collar: Decimal | None = Field(
        None,
        gt=0,
        description="Percent that the quote may be worse than the alert's own price",
    )
    limit_day_loss: Decimal | None = Field(
        None,
        gt=0,
        description="Dollars lost since the previous close that halt all entries until a person "
        "resumes",
    )
    limit_drawdown: Decimal | None = Field(
        None, gt=0, le=100, description="Percent below the highest equity that halts all entries"
    )
    limit_losing_streak: int | None = Field(
        None, ge=1, description="Losing closing orders in a row that halt all entries"
    )
    reconcile_seconds: Decimal = Field(
        Decimal(30), gt=0, description="Seconds between two comparisons with Alpaca"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.alpaca_key_id is None) != (self.alpaca_secret_key is None):
            raise ValueError("ALPACA_KEY_ID and ALPACA_SECRET_KEY belong together")
        if self.alpaca_env == "live" and not (self.alpaca_key_id and self.alpaca_account):
            raise ValueError("ALPACA_ENV=live needs the keys and ALPACA_ACCOUNT")
        return self

    @property
    def is_simulated(self) -> bool:
        return self.alpaca_key_id is None

    @property
    def alpaca_credentials(self) -> tuple[str, str]:
        if self.alpaca_key_id is None or self.alpaca_secret_key is None:
            return ALPACA_KEY_ID, ALPACA_SECRET_KEY
        return self.alpaca_key_id.get_secret_value(), self.alpaca_secret_key.get_secret_value()

    @property
    def trading_url(self) -> str:
        default = self._simulator("http") if self.is_simulated else _TRADING[self.alpaca_env]
        return self.alpaca_url or default

    @property
    def data_url(self) -> str:
        default = self._simulator("http") if self.is_simulated else _DATA
        return self.alpaca_data_url or default

    @property
    def stream_url(self) -> str:
        default = (
            f"{self._simulator('ws')}/stream" if self.is_simulated else _STREAM[self.alpaca_env]
        )
        return self.alpaca_stream_url or default

    @property
    def rules(self) -> Rules:
        return Rules(
            max_signal_age=timedelta(seconds=self.signal_max_age),
            max_config_age=timedelta(seconds=self.config_max_age),
            when_closed=self.when_closed,
            conflict=self.conflict,
            grace=timedelta(seconds=self.unknown_grace_seconds),
            entry_patience=timedelta(seconds=self.entry_patience_seconds),
            limits=Limits(
                orders_a_minute=self.limit_orders_a_minute,
                order_dollars=self.limit_order_dollars,
                gross_exposure=self.limit_gross_exposure,
                price_collar=self.limit_price_collar,
                day_loss=self.limit_day_loss,
                drawdown=self.limit_drawdown,
                losing_streak=self.limit_losing_streak,
            ),
        )

    def describe(self) -> str:
        """Return one line that says what is real and what is simulated."""
        if self.is_simulated:
            return f"broker: simulated Alpaca at {self.trading_url}"
        return f"broker: Alpaca {self.alpaca_env} at {self.trading_url}"

    def _simulator(self, scheme: str) -> str:
        return f"{scheme}://127.0.0.1:{self.simulator_port}"

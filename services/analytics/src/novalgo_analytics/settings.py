"""What analytics reads from the environment."""

from pydantic import Field

from novalgo_common.settings import Port
from novalgo_common.settings import Settings as CommonSettings
from novalgo_common.symbols import Symbol


class Settings(CommonSettings):
    analytics_port: Port = Field(8083, description="The port of analytics: page, summary, ops")
    benchmark: Symbol = Field("SPY", description="What reports compare the account with")

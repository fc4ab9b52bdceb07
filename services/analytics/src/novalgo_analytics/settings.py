"""What analytics reads from the environment."""

from pydantic import Field

from novalgo_common.settings import Port
from novalgo_common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    analytics_port: Port = Field(8083, description="The port of analytics: page, summary, ops")

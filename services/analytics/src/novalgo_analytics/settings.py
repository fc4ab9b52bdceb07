"""What analytics reads from the environment."""

from pydantic import Field

from novalgo_common.settings import Port, SecretList
from novalgo_common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    analytics_port: Port = Field(8083, description="The port of analytics: page, summary, ops")
    api_keys: SecretList = Field(
        (),
        description="Keys for `X-API-Key`, comma-separated; without any one is made at the first "
        "start and kept in `DATA_DIR/api_key`",
    )

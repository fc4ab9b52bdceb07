"""What analytics reads from the environment."""

from pathlib import Path

from pydantic import Field

from novalgo_common.settings import Port, SecretList
from novalgo_common.settings import Settings as CommonSettings
from novalgo_common.symbols import Symbol


class Settings(CommonSettings):
    analytics_port: Port = Field(8083, description="The port of analytics: page, summary, ops")
    notify_urls: SecretList = Field(
        (),
        description="Where notifications go: Apprise addresses (mail, Twilio, Slack, Telegram, "
        "Discord, ...), comma-separated, each with a level before it or not: "
        "`mailto://...,critical|twilio://...`; without any they are logged",
    )
    alerts_file: Path | None = Field(
        None,
        description="What is told and at which thresholds; without it `DATA_DIR/alerts.toml`, "
        "written at the first start",
    )
    reports: bool = Field(
        True, description="Whether a report is sent after each close, and after each week's last"
    )
    benchmark: Symbol = Field("SPY", description="What reports compare the account with")

    @property
    def rules_path(self) -> Path:
        return self.alerts_file or self.data_dir / "alerts.toml"

"""What analytics reads from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from novalgo_common.credentials import API_KEY, kept_credential, readable
from novalgo_common.settings import CommaSeparated, Port, SecretList
from novalgo_common.settings import Settings as CommonSettings
from novalgo_common.symbols import Symbol

NEIGHBOURS = ("ingest", "executor", "sheets")


def _addresses(given: tuple[str, ...]) -> tuple[str, ...]:
    for item in given:
        name, _, url = item.partition("=")
        parts = urlsplit(url)
        if name not in NEIGHBOURS or parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"each is NAME=http://host:port, NAME one of {', '.join(NEIGHBOURS)}")
    return given


class Settings(CommonSettings):
    analytics_port: Port = Field(8083, description="The port of analytics: page, API, ops")
    ingest_port: Port = Field(8080, description="The port of ingest: webhooks and the read surface")
    executor_port: Port = Field(8081, description="Executor's port")
    sheets_port: Port = Field(8082, description="The port of the sheets service")
    service_urls: Annotated[CommaSeparated, AfterValidator(_addresses)] = Field(
        (),
        description="Where the page asks the other services how they are, such as "
        "`executor=http://executor:8081`, comma-separated; by default on this machine, at their "
        "ports",
    )
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
    benchmark: Symbol = Field("SPY", description="What reports and the page compare with")

    @property
    def neighbours(self) -> Mapping[str, str]:
        """Return the addresses of the other services, by name."""
        ports = (self.ingest_port, self.executor_port, self.sheets_port)
        here = {
            name: f"http://127.0.0.1:{port}" for name, port in zip(NEIGHBOURS, ports, strict=True)
        }
        given = (item.partition("=") for item in self.service_urls)
        return here | {name: url.rstrip("/") for name, _, url in given}

    @property
    def own_key(self) -> str | None:
        """Return an API key of this installation; None where only hashes are known."""
        if self.api_keys:
            return next(readable(self.api_keys), None)
        return kept_credential(self.data_dir, API_KEY)[0]

    @property
    def rules_path(self) -> Path:
        return self.alerts_file or self.data_dir / "alerts.toml"

"""What the sheets service can be told from outside."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from novalgo_common.settings import Port
from novalgo_common.settings import Settings as CommonSettings
from novalgo_sheets.google_session import GOOGLE

SIMULATED_SHEET = "simulated"
SIMULATED_CREDENTIALS = "simulated-google-credentials.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What keeps a slip of the finger from being traded on."""

    size_cap: Decimal
    """The largest position_size, whatever it counts."""
    size_jump: Decimal
    """How many times the size in force a new one may be without being confirmed."""


class Settings(CommonSettings):
    """Which spreadsheet, and as whom."""

    sheets_port: Port = Field(8082, description="The port of the sheets service")
    simulator_port: Port = Field(8090, description="The port of the simulated Alpaca and Sheets")
    sheet_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The spreadsheet's id, from its address; without it the simulated sheet",
    )
    sheets_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="Where the Sheets API is, instead of Google's address or the simulator's",
    )
    google_credentials: SecretStr | None = Field(
        None,
        validate_default=True,
        description="The service account's JSON file (its path, or its content); "
        "without it the simulated account",
    )

    size_cap: Decimal = Field(
        Decimal(100_000),
        gt=0,
        description="The largest position_size that a row may have; a larger one makes it invalid",
    )
    size_jump: Decimal = Field(
        Decimal(3),
        ge=1,
        description="How many times the size before a row's new one may be without being "
        "confirmed in the row's `confirm` column",
    )

    @field_validator("google_credentials")
    @classmethod
    def _belong_to_a_sheet(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and info.data.get("sheet_id") is None:
            raise ValueError("needs NOVALGO_SHEET_ID too, the spreadsheet that it opens")
        is_google = info.data.get("sheets_url") is None
        if value is None and info.data.get("sheet_id") is not None and is_google:
            raise ValueError("is missing: NOVALGO_SHEET_ID names a sheet that it must open")
        return value

    @property
    def guards(self) -> Guards:
        return Guards(size_cap=self.size_cap, size_jump=self.size_jump)

    @property
    def base_url(self) -> str:
        if self.sheets_url is not None:
            return self.sheets_url
        is_simulated = self.google_credentials is None
        return f"http://127.0.0.1:{self.simulator_port}" if is_simulated else GOOGLE

    @property
    def spreadsheet(self) -> str:
        return self.sheet_id or SIMULATED_SHEET

    @property
    def simulated_credentials(self) -> Path:
        """Where the simulator leaves its account's file."""
        return self.data_dir / SIMULATED_CREDENTIALS

    def describe(self) -> str:
        """Say in one line what is real and what is simulated."""
        if self.base_url == GOOGLE:
            return f"sheet: Google's, spreadsheet {self.spreadsheet}"
        if self.sheets_url is not None:
            return f"sheet: spreadsheet {self.spreadsheet} at {self.sheets_url}"
        return f"sheet: simulated, edit {self.data_dir / 'sheet' / 'Config.csv'}"

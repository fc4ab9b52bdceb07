"""The simulated spreadsheet with all that stands before it: account, tokens, quota, faults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from novalgo_common.clock import Clock, utc_now
from novalgo_simulator.google.account import ServiceAccount, Tokens
from novalgo_simulator.google.errors import GoogleError
from novalgo_simulator.google.faults import SheetFaults
from novalgo_simulator.google.quota import Quota
from novalgo_simulator.google.workbook import Tabs, Workbook
from novalgo_simulator.settings import SimulatorSettings

SPREADSHEET_ID = "simulated"
CREDENTIALS_FILE = "simulated-google-credentials.json"

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class SimulatedSheets:
    workbook: Workbook
    account: ServiceAccount
    tokens: Tokens
    quota: Quota
    clock: Clock
    faults: SheetFaults = field(default_factory=SheetFaults)

    @classmethod
    def open(
        cls, settings: SimulatorSettings, *, clock: Clock = utc_now, quota: Quota | None = None
    ) -> "SimulatedSheets":
        """Make what is missing in `DATA_DIR`: the example tab, and the account's credentials."""
        workbook = Workbook(settings.data_dir / "sheet")
        workbook.create()
        account = ServiceAccount.kept_at(settings.data_dir / CREDENTIALS_FILE, _base_url(settings))
        return cls(workbook, account, Tokens(clock), quota or Quota(), clock)

    def admit(self, method: str, spreadsheet_id: str, authorization: str | None) -> None:
        """Refuse as Google would: no good token, quota used up, unknown spreadsheet."""
        if not self.tokens.are_good_for(authorization):
            raise GoogleError(401)
        self.quota.take("Read" if method == "GET" else "Write", self.clock())
        if spreadsheet_id != SPREADSHEET_ID:
            raise GoogleError(404)

    def change(self, update: Callable[[Tabs], tuple[Tabs, Answer]]) -> Answer:
        """Apply the update to the files and return its answer."""
        answers: list[Answer] = []

        def applied(tabs: Tabs) -> Tabs:
            changed, answer = update(tabs)
            answers.append(answer)
            return changed

        self.workbook.change(applied)
        return answers[-1]


def _base_url(settings: SimulatorSettings) -> str:
    everywhere = settings.bind_host in ("0.0.0.0", "::")  # noqa: S104  # compared, not bound
    host = "127.0.0.1" if everywhere else settings.bind_host
    return f"http://{host}:{settings.simulator_port}"

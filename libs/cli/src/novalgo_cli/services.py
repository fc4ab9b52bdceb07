"""Which services there are, by name, and which of them a set of settings calls for."""

from collections.abc import Mapping, Sequence

from novalgo_analytics.main import SERVICE as ANALYTICS
from novalgo_common.errors import SettingsError
from novalgo_common.service import Service
from novalgo_executor.main import SERVICE as EXECUTOR
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_ingest.main import SERVICE as INGEST
from novalgo_sheets.main import SERVICE as SHEETS
from novalgo_sheets.settings import Settings as SheetsSettings
from novalgo_simulator.service import SERVICE as SIMULATOR

FOUR = {service.name: service for service in (INGEST, EXECUTOR, SHEETS, ANALYTICS)}


def called_for(names: Sequence[str], environ: Mapping[str, str]) -> list[Service]:
    """Return these services, and before them the simulator where one of them talks to it.

    Raises `SettingsError` for a name that is no service's, and for a wrong setting.
    """
    unknown = [name for name in names if name not in FOUR]
    if unknown:
        raise SettingsError(f"--only: {unknown[0]} is none of {', '.join(FOUR)}")
    chosen = [service for name, service in FOUR.items() if name in names]
    return [SIMULATOR, *chosen] if _needs_simulator(names, environ) else chosen


def _needs_simulator(names: Sequence[str], environ: Mapping[str, str]) -> bool:
    return ("executor" in names and trades_simulated(ExecutorSettings.from_env(environ))) or (
        "sheets" in names and has_simulated_sheet(SheetsSettings.from_env(environ))
    )


def trades_simulated(settings: ExecutorSettings) -> bool:
    """Return whether orders go to the simulator that `novalgo up` itself runs."""
    return settings.is_simulated and settings.alpaca_url is None


def has_simulated_sheet(settings: SheetsSettings) -> bool:
    """Return whether the sheet is the simulator's that `novalgo up` itself runs."""
    return settings.google_credentials is None and settings.sheets_url is None

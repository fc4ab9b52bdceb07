"""Every class of settings, by who reads it."""

from collections.abc import Mapping

from novalgo_analytics.settings import Settings as AnalyticsSettings
from novalgo_common.settings import PREFIX, Settings
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_ingest.settings import Settings as IngestSettings
from novalgo_sheets.settings import Settings as SheetsSettings
from novalgo_simulator.settings import SimulatorSettings

BY_READER: Mapping[str, type[Settings]] = {
    "every service": Settings,
    "ingest": IngestSettings,
    "executor": ExecutorSettings,
    "sheets": SheetsSettings,
    "analytics": AnalyticsSettings,
    "simulator": SimulatorSettings,
}


def known_names() -> set[str]:
    """Return every variable that is read, those that name a file among them."""
    names = {PREFIX + field.upper() for read in BY_READER.values() for field in read.model_fields}
    return names | {f"{name}_FILE" for name in names}

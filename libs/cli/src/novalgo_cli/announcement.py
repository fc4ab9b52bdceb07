"""What `novalgo up` says at start: what is real, what is simulated, and where everything is."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from novalgo_analytics.settings import Settings as AnalyticsSettings
from novalgo_cli.services import has_simulated_sheet, trades_simulated
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.settings import Settings
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_ingest.settings import Settings as IngestSettings
from novalgo_sheets.settings import Settings as SheetsSettings


def announcement(names: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Return the lines, which hold the places of secrets and never a secret.

    Raises `SettingsError` when a setting is wrong.
    """
    lines = [_bus(Settings.from_env(environ)), _store(Settings.from_env(environ))]
    if "executor" in names:
        lines.append(_broker(ExecutorSettings.from_env(environ)))
    if "sheets" in names:
        lines.append(_sheet(SheetsSettings.from_env(environ)))
    if "ingest" in names:
        lines += _ingest(IngestSettings.from_env(environ))
    if "analytics" in names:
        analytics = AnalyticsSettings.from_env(environ)
        lines.append(f"dashboard   {address(analytics, analytics.analytics_port)}/")
        lines.append(_notices(analytics))
    if "ingest" in names:
        lines += ["", "Try it:", *example_call(IngestSettings.from_env(environ))]
    return lines


def real_or_simulated(environ: Mapping[str, str]) -> list[str]:
    """Return a line for each outside system, whichever services run here."""
    common = Settings.from_env(environ)
    return [
        _bus(common),
        _store(common),
        _broker(ExecutorSettings.from_env(environ)),
        _sheet(SheetsSettings.from_env(environ)),
    ]


def address(settings: Settings, port: int) -> str:
    """Return where a service of this machine is reached from this machine."""
    host = settings.bind_host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        host = "127.0.0.1"
    scheme = "https" if getattr(settings, "tls", None) else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def example_call(settings: IngestSettings) -> Iterator[str]:
    """Yield the lines of a curl call that can be pasted into a shell as it is."""
    secret = "YOUR_WEBHOOK_SECRET"  # noqa: S105 - a word to be replaced
    if not settings.webhook_secrets:
        secret = f"'\"$(cat {shlex.quote(str(settings.data_dir / WEBHOOK_SECRET))})\"'"
    yield f"  curl -s {address(settings, settings.ingest_port)}/webhook -d '{{"
    yield '    "action": "BUY", "symbol": "AAPL", "timeframe": "15 Min",'
    yield f'    "secret": "{secret}"}}\''


def _bus(settings: Settings) -> str:
    if settings.amqp_url is None:
        return "bus         LocalBus: all services in this process"
    return "bus         RabbitMQ, as NOVALGO_AMQP_URL says"


def _store(settings: Settings) -> str:
    if settings.database_url is None:
        return f"store       SQLite files in {settings.data_dir}"
    return "store       PostgreSQL, as NOVALGO_DATABASE_URL says"


def _broker(settings: ExecutorSettings) -> str:
    if trades_simulated(settings):
        return f"broker      SIMULATED: an Alpaca of its own at {settings.trading_url}"
    if settings.alpaca_env == "live":
        return f"broker      REAL MONEY: Alpaca live at {settings.trading_url}"
    return f"broker      Alpaca {settings.alpaca_env} at {settings.trading_url}"


def _sheet(settings: SheetsSettings) -> str:
    if has_simulated_sheet(settings):
        return f"sheet       SIMULATED: edit {settings.data_dir / 'sheet' / 'Config.csv'}"
    return f"sheet       REAL: spreadsheet {settings.spreadsheet} at {settings.base_url}"


def _notices(settings: AnalyticsSettings) -> str:
    count = len(settings.notify_urls)
    if not count:
        return "notices     to the log: NOVALGO_NOTIFY_URLS names nobody"
    channels = "1 channel" if count == 1 else f"{count} channels"
    return f"notices     to {channels}, by the rules in {settings.rules_path}"


def _ingest(settings: IngestSettings) -> Iterator[str]:
    yield f"webhook     {address(settings, settings.ingest_port)}/webhook"
    yield f"  secret    {_kept(settings.data_dir / WEBHOOK_SECRET, settings.webhook_secrets)}"
    yield f"  API key   {_kept(settings.data_dir / API_KEY, settings.api_keys)}"


def _kept(path: Path, given: Sequence[object]) -> str:
    return "as the environment gives it" if given else f"in {path}"

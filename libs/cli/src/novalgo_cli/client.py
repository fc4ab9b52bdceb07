"""Ingest, over HTTP, with the credentials that lie in the data directory or the environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from novalgo_cli.announcement import address
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.errors import SettingsError, UnavailableError
from novalgo_ingest.settings import Settings

TIMEOUT = 30.0
"""Seconds.  TradingView itself hangs up after 3."""


class RefusedError(UnavailableError):
    """Ingest answered, but with an error.  The text is its status and its own words."""


class Ingest:
    """Every method raises `UnavailableError` where ingest cannot be reached."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._settings = Settings.from_env(environ)
        self._url = address(self._settings, self._settings.ingest_port)

    def send_alert(self, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send an alert as a chart would; return the status and the body of the answer."""
        secret = _credential(self._settings, self._settings.webhook_secrets, WEBHOOK_SECRET)
        response = self._request("POST", "/webhook", json={**fields, "secret": secret})
        return response.status_code, _body(response)

    def read(self, path: str) -> dict[str, Any]:
        """Return what ingest answers to the holder of an API key; else raise `RefusedError`."""
        key = _credential(self._settings, self._settings.api_keys, API_KEY)
        response = self._request("GET", path, headers={"X-API-Key": key})
        body = _body(response)
        if response.status_code != 200:
            told = body.get("error", "without saying why")
            raise RefusedError(f"ingest answered {response.status_code}: {told}")
        return body

    def _request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            with httpx2.Client(timeout=TIMEOUT, trust_env=False) as client:
                return client.request(method, self._url + path, **options)
        except httpx2.TransportError as error:
            raise UnavailableError(
                f"ingest does not answer at {self._url} ({type(error).__name__}): "
                "start it with `novalgo up`, or set NOVALGO_INGEST_PORT"
            ) from None


def _credential(settings: Settings, given: Sequence[SecretStr], name: str) -> str:
    if given:
        return given[0].get_secret_value()
    path: Path = settings.data_dir / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}): `novalgo up` makes it at its first start; "
            "NOVALGO_DATA_DIR says where to look"
        ) from None


def _body(response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UnavailableError("what answers there is not ingest")
    return body

"""Ingest and analytics over HTTP, with the credentials that this machine keeps."""

import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from novalgo_analytics.settings import Settings as AnalyticsSettings
from novalgo_cli.announcement import address
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET, readable
from novalgo_common.errors import SettingsError, UnavailableError
from novalgo_common.settings import Settings
from novalgo_executor.settings import Settings as ExecutorSettings
from novalgo_ingest.settings import Settings as IngestSettings

TIMEOUT = 30.0
"""Seconds.  TradingView itself hangs up after 3."""
WRITING = 300.0
"""Seconds: a report over years is drawn in some 20."""


class RefusedError(UnavailableError):
    """The service answered, but with an error.  The text is its status and its own words."""


class Ingest:
    """Every method raises `UnavailableError` where ingest cannot be reached."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._settings = IngestSettings.from_env(environ)
        self._url = address(self._settings, self._settings.ingest_port)
        self._verify = _own_certificate(self._settings.tls_certificate)

    def send_alert(self, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send an alert as a chart would; return the status and the body of the answer."""
        secret = _credential(self._settings, self._settings.webhook_secrets, WEBHOOK_SECRET)
        body = {**fields, "secret": secret}
        url = f"{self._url}/webhook"
        response = _request("ingest", "POST", url, verify=self._verify, json=body)
        return response.status_code, _body("ingest", response)

    def preview(self, message: str) -> dict[str, Any]:
        """Return what the alert would become; nothing is done."""
        key = _credential(self._settings, self._settings.api_keys, API_KEY)
        url, headers = f"{self._url}/webhook/preview", {"X-API-Key": key}
        body = message.encode("utf-8", "surrogatepass")
        response = _request(
            "ingest", "POST", url, verify=self._verify, content=body, headers=headers
        )
        return _checked("ingest", response)

    def read(self, path: str) -> dict[str, Any]:
        """Return what ingest answers to the holder of an API key; else raise `RefusedError`."""
        key = _credential(self._settings, self._settings.api_keys, API_KEY)
        return _read("ingest", self._url + path, key, verify=self._verify)


class Executor:
    """Every method raises `UnavailableError` where executor cannot be reached or refuses."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._settings = ExecutorSettings.from_env(environ)
        self._url = address(self._settings, self._settings.executor_port) + "/control"

    def order(self, what: str, scope: Mapping[str, str]) -> dict[str, Any]:
        """Halt, resume or flatten; return the answer."""
        return _checked("executor", self._request("POST", what, json=dict(scope)))

    def halts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = _checked("executor", self._request("GET", "halts"))["halts"]
        return found

    def _request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        key = _credential(self._settings, self._settings.api_keys, API_KEY)
        url = f"{self._url}/{path}"
        return _request("executor", method, url, headers={"X-API-Key": key}, **options)


class Analytics:
    """Every method raises `UnavailableError` where analytics cannot be reached or refuses."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        settings = AnalyticsSettings.from_env(environ)
        self._headers = {"X-API-Key": _credential(settings, settings.api_keys, API_KEY)}
        self._url = address(settings, settings.analytics_port) + "/api/v1"

    def summary(self) -> dict[str, Any]:
        """Return the numbers of the page."""
        return self.read("summary")

    def read(self, path: str) -> dict[str, Any]:
        """Return what the page's API answers."""
        url = f"{self._url}/{path}"
        return _checked("analytics", _request("analytics", "GET", url, headers=self._headers))

    def file(self, path: str, **query: Any) -> bytes:
        """Return a report or an export, which may take a minute to write."""
        url, params = f"{self._url}/{path}", {k: v for k, v in query.items() if v is not None}
        response = _request(
            "analytics", "GET", url, headers=self._headers, params=params, patience=WRITING
        )
        if response.status_code != 200:
            _checked("analytics", response)
        return response.content

    def post(self, path: str) -> dict[str, Any]:
        """Have analytics do something that may take a minute; return its answer."""
        url, headers = f"{self._url}/{path}", self._headers
        response = _request("analytics", "POST", url, headers=headers, patience=WRITING)
        return _checked("analytics", response)

    def lines(self, method: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield what analytics tells line by line, for as long as it takes."""
        url, params = f"{self._url}/{path}", {k: v for k, v in query.items() if v is not None}
        with (
            _reached("analytics", url),
            httpx2.Client(timeout=None, trust_env=False) as client,
            client.stream(method, url, headers=self._headers, params=params) as response,
        ):
            if response.status_code != 200:
                response.read()
                _checked("analytics", response)
            for line in response.iter_lines():
                yield json.loads(line)


def _own_certificate(path: Path | None) -> "ssl.SSLContext | bool":
    """Return how this machine knows its own ingest: by that very certificate, not by its name."""
    if path is None:
        return True
    try:
        context = ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"NOVALGO_TLS_CERTIFICATE: cannot be read ({type(error).__name__})"
        ) from None
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _read(
    service: str, url: str, key: str, *, verify: "ssl.SSLContext | bool" = True
) -> dict[str, Any]:
    headers = {"X-API-Key": key}
    return _checked(service, _request(service, "GET", url, verify=verify, headers=headers))


def _checked(service: str, response: httpx2.Response) -> dict[str, Any]:
    body = _body(service, response)
    if response.status_code != 200:
        told = body.get("error") or body.get("detail") or "without saying why"
        raise RefusedError(f"{service} answered {response.status_code}: {told}")
    return body


def _request(
    service: str,
    method: str,
    url: str,
    *,
    verify: "ssl.SSLContext | bool" = True,
    patience: float = TIMEOUT,
    **options: Any,
) -> httpx2.Response:
    with (
        _reached(service, url),
        httpx2.Client(timeout=patience, trust_env=False, verify=verify) as client,
    ):
        return client.request(method, url, **options)


@contextmanager
def _reached(service: str, url: str) -> Iterator[None]:
    try:
        yield
    except httpx2.TransportError as error:
        raise UnavailableError(
            f"{service} does not answer at {url} ({type(error).__name__}): "
            f"start it with `novalgo up`, or set NOVALGO_{service.upper()}_PORT"
        ) from None


def _credential(settings: Settings, given: Sequence[SecretStr], name: str) -> str:
    if given:
        first = next(readable(given), None)
        if first is None:
            raise SettingsError(f"NOVALGO_{name.upper()}S holds hashes alone: give one as it is")
        return first
    path: Path = settings.data_dir / name
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}): `novalgo up` makes it at its first start; "
            "NOVALGO_DATA_DIR says where to look"
        ) from None


def _body(service: str, response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UnavailableError(f"what answers there is not {service}")
    return body

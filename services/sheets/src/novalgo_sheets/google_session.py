"""An HTTP session that carries a service account's token, to Google or to another address.

google-auth's own session also looks up the account's regions at iamcredentials.googleapis.com, in a
thread and with retries, whatever the address of the API is; this one sends what it is asked to.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

GOOGLE = "https://sheets.googleapis.com"
TOKEN_TIMEOUT = 10
_SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)


class _Bearer(AuthBase):
    """Puts a token on each request, a new one when the last is about to expire."""

    def __init__(self, credentials: Any, tokens: requests.Session) -> None:
        self._credentials = credentials
        self._ask = partial(Request(tokens), timeout=TOKEN_TIMEOUT)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not self._credentials.valid:
            self._credentials.refresh(self._ask)
        request.headers["Authorization"] = f"Bearer {self._credentials.token}"
        return request


class _Elsewhere(HTTPAdapter):
    """Sends what is meant for Google to another base URL: gspread knows only Google's."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url.rstrip("/")

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = self._base_url + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **options)


def authorized_session(account: Mapping[str, Any], base_url: str) -> requests.Session:
    """Return a session for the account of a credentials file; raise ValueError if it is none."""
    credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        account, scopes=_SCOPES
    )
    tokens, session = requests.Session(), requests.Session()
    if base_url != GOOGLE:
        session.mount(GOOGLE, _Elsewhere(base_url))
        # A proxy of the environment is meant for the internet.
        tokens.trust_env = session.trust_env = False
    session.auth = _Bearer(credentials, tokens)
    return session

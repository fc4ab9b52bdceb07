"""Who may read the numbers.

On this machine nobody is asked, as long as the service listens on loopback only and was called by
a loopback name: a web page that resolves its own name to 127.0.0.1, or a proxy that lets the world
in, comes with another name.  Everybody else shows an API key.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from novalgo_analytics.settings import Settings
from novalgo_common.credentials import API_KEY, Credentials
from novalgo_common.keyring import given_or_kept


@dataclass(frozen=True)
class Access:
    """A FastAPI dependency that refuses a request with 401."""

    keys: Credentials
    open_here: bool

    @classmethod
    def from_settings(cls, settings: Settings) -> "Access":
        return cls(
            keys=given_or_kept(settings.api_keys, settings.data_dir, API_KEY),
            open_here=is_loopback(settings.bind_host),
        )

    async def __call__(self, request: Request) -> None:
        if self.open_here and is_loopback(_host(request)):
            return
        if not self.keys.accept(request.headers.get("X-API-Key")):
            raise HTTPException(401, "An API key is needed, in the header X-API-Key")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(request: Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""

"""Who may read the numbers, and who may order something.

On this machine nobody is asked before reading, as long as the service listens on loopback only and
was called by a loopback name: a web page that resolves its own name to 127.0.0.1, or a proxy that
lets the world in, comes with another name.  Everybody else shows an API key, or the cookie that a
login with one gave.  Who orders something always does, with a key whose scope allows it, and from
the page itself: the order of another site's page in the same browser is refused.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from novalgo_analytics.page.session import Sessions
from novalgo_analytics.settings import Settings
from novalgo_common.clock import Clock
from novalgo_common.credentials import API_KEY, Credential, Credentials, KeyScope, kept_credential
from novalgo_common.keyring import given_or_kept
from novalgo_common.lockout import Lockout

COOKIE = "novalgo_session"
SECRET = "session_secret"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class Access:
    """A FastAPI dependency that refuses who may not read; `controller` is one for orders."""

    keys: Credentials
    sessions: Sessions
    open_here: bool
    clock: Clock
    lockout: Lockout = field(default_factory=Lockout)

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> "Access":
        secret, _ = kept_credential(settings.data_dir, SECRET)
        return cls(
            keys=given_or_kept(settings.api_keys, settings.data_dir, API_KEY),
            sessions=Sessions(secret.encode()),
            open_here=is_loopback(settings.bind_host),
            clock=clock,
        )

    async def __call__(self, request: Request) -> None:
        if self.scope(request) is None:
            self._count_wrong_key(request)
            raise HTTPException(401, "Log in, or send an API key in the header X-API-Key")

    async def controller(self, request: Request) -> Credential:
        """Return whose key it is; refuse with 401 or 403 who may not order anything."""
        if not _comes_from_the_page(request):
            raise HTTPException(403, "Orders are taken from the page itself alone")
        holder = self.holder(request)
        if holder is None:
            self._count_wrong_key(request)
            raise HTTPException(401, "Log in with an API key that may control")
        if not holder.allows(KeyScope.CONTROL):
            raise HTTPException(403, "This API key may only read")
        return holder

    def scope(self, request: Request) -> KeyScope | None:
        """Return what the sender may do; None is nothing."""
        holder = self.holder(request)
        if holder is not None:
            return holder.scope
        return KeyScope.READ if self.open_here and is_loopback(_host(request)) else None

    def holder(self, request: Request) -> Credential | None:
        """Return the key that the request shows, or was logged in with."""
        presented = request.headers.get("X-API-Key")
        if presented is not None:
            return self.keys.holder(presented)
        cookie = request.cookies.get(COOKIE, "")
        return self.sessions.holder(cookie, self.keys.valid(), self.clock())

    def guessed(self, request: Request) -> None:
        """Count a wrong key; refuse with 429 an address that has shown too many of them."""
        address, now = request.client.host if request.client else "", self.clock()
        if left := self.lockout.seconds_left(address, now):
            headers = {"Retry-After": str(left)}
            raise HTTPException(429, f"Too many wrong keys: try again in {left} s", headers)
        self.lockout.failed(address, now)

    def _count_wrong_key(self, request: Request) -> None:
        if "X-API-Key" in request.headers:
            self.guessed(request)


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


def _comes_from_the_page(request: Request) -> bool:
    """Say so of what is no browser, too: only browsers name the page that asks."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("Host")

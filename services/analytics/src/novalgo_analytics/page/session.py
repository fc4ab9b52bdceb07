"""The cookie of somebody who has logged in.  Pure.

It holds when it ends, and a signature over that and over the hash of the API key: it tells nothing
of the key, and is worth nothing once the key is revoked, has expired, or the time is over.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from novalgo_common.credentials import Credential

LASTS = timedelta(days=30)
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Sessions:
    secret: bytes
    """Signs the cookies; whoever knows it and the hash of a key can make one."""

    def cookie(self, holder: Credential, now: datetime) -> str:
        """Return the cookie that lets the holder of this key in from `now` on."""
        ends = int((now + LASTS).timestamp())
        return f"{ends}.{self._signature(ends, holder)}"

    def holder(self, cookie: str, valid: Sequence[Credential], now: datetime) -> Credential | None:
        """Return which of the valid keys it was made for, unless it has ended or is no cookie."""
        ends, _, signature = cookie.partition(".")
        if not (ends.isascii() and ends.isdecimal() and len(ends) <= _MOST_DIGITS):
            return None
        if int(ends) <= now.timestamp():
            return None
        presented = signature.encode("utf-8", "surrogatepass")
        matches = [
            own
            for own in valid
            if hmac.compare_digest(presented, self._signature(int(ends), own).encode())
        ]
        return next(iter(matches), None)

    def _signature(self, ends: int, holder: Credential) -> str:
        return hmac.new(self.secret, b"%d." % ends + holder.digest, sha256).hexdigest()

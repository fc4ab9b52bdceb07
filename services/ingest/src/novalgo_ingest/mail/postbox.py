"""The mailbox, over IMAP.  Every method may block, and runs in a thread of its own."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from novalgo_common.errors import UnavailableError
from novalgo_ingest.mail.account import Account
from novalgo_ingest.mail.letter import LARGEST_LETTER

TIMEOUT = 10.0
AT_ONCE = 50


class Postbox:
    """A folder of which a letter counts as handled once it is marked as seen.

    Every method raises `UnavailableError` where the mailbox is not to be had.
    """

    def __init__(self, connection: imaplib.IMAP4, host: str) -> None:
        self._connection = connection
        self._host = host

    @classmethod
    @contextmanager
    def open(cls, account: Account) -> "Iterator[Postbox]":
        """Log in and choose the folder."""
        with _unavailable(account.host), _connect(account) as connection:
            connection.login(account.user, account.password.get_secret_value())
            status, _ = connection.select(_quoted(account.folder))
            if status != "OK":
                raise UnavailableError(f"the mailbox has no folder {account.folder}")
            yield cls(connection, account.host)

    def unseen(self) -> list[tuple[str, bytes]]:
        """Return the ids and the bytes of letters that were not handled, oldest first."""
        with _unavailable(self._host):
            _, found = self._connection.uid("SEARCH", "UNSEEN")
            uids = [uid.decode() for uid in (found[0] or b"").split()[:AT_ONCE]]
            return [(uid, self._fetch(uid)) for uid in uids]

    def handled(self, uid: str) -> None:
        """Mark a letter as seen."""
        with _unavailable(self._host):
            self._connection.uid("STORE", uid, "+FLAGS", "(\\Seen)")

    def _fetch(self, uid: str) -> bytes:
        parts = f"(BODY.PEEK[]<0.{LARGEST_LETTER}>)"
        _, fetched = self._connection.uid("FETCH", uid, parts)
        return next((part[1] for part in fetched if isinstance(part, tuple)), b"")


@contextmanager
def _unavailable(host: str) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error) as error:
        # The server's own words may repeat what it was sent.
        raise UnavailableError(
            f"the mailbox at {host} cannot be read ({type(error).__name__})"
        ) from None


@contextmanager
def _connect(account: Account) -> Iterator[imaplib.IMAP4]:
    connection = _connection(account)
    try:
        with connection:
            yield connection
    finally:
        with suppress(OSError):  # it is closed already, unless the server broke off its farewell
            connection.shutdown()


def _connection(account: Account) -> imaplib.IMAP4:
    if not account.encrypted:
        return imaplib.IMAP4(account.host, account.port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=TIMEOUT)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

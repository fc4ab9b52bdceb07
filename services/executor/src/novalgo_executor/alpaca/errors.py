"""What Alpaca's refusals, and the network's, say about a request."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from alpaca.common.exceptions import APIError
from urllib3.exceptions import NewConnectionError

from novalgo_common.errors import UnavailableError
from novalgo_executor.broker import KeysRefusedError

DEFINITIVE = {400, 403, 404, 422}
"""Alpaca's answers that mean "there is no such order" to a submit."""
ABOUT_THE_ORDER = {40310000, 40310100}
"""The codes of a 403 that refuses this order; any other refuses whoever asks."""


class NotOursError(Exception):
    """Nothing has left, because it is not certain that this process may act."""


class DefiniteError(Exception):
    """A definite refusal of a request that places nothing."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn whatever leaves a question without a definite answer into `UnavailableError`."""
    try:
        yield
    except (DefiniteError, KeysRefusedError):
        raise
    except NotOursError as error:
        raise UnavailableError(str(error)) from None
    except APIError as error:
        raise UnavailableError(f"Alpaca answers HTTP {error.status_code}") from None
    except requests.RequestException as error:
        raise UnavailableError(f"Alpaca cannot be reached ({type(error).__name__})") from None
    except (ValueError, TypeError) as error:
        raise UnavailableError(f"Alpaca's answer is unreadable ({type(error).__name__})") from None


def never_left(error: requests.RequestException) -> bool:
    """Return whether certainly no byte of the request has left."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(cause, NewConnectionError)


def refuses_whoever_asks(error: APIError) -> bool:
    """Return whether the keys or the account are refused, and not the order."""
    status = error.status_code
    return status == 401 or (status == 403 and _code(error) not in ABOUT_THE_ORDER)


def message(error: APIError) -> str:
    try:
        return str(error.message)
    except (ValueError, KeyError, TypeError):
        return f"Alpaca answers HTTP {error.status_code}"


def _code(error: APIError) -> int | None:
    try:
        return int(error.code)
    except (ValueError, KeyError, TypeError):
        return None

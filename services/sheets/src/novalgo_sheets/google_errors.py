"""What went wrong between here and Google, as one sentence that names no secret."""

import json
from email.utils import parsedate_to_datetime

from google.auth.exceptions import GoogleAuthError, RefreshError
from requests import Response
from requests.exceptions import RequestException

from novalgo_sheets.sheet import SheetAwayError

FAILURES = (GoogleAuthError, RequestException, OSError, ValueError, KeyError, TypeError)
"""Whatever else than a refusal a request may raise: an answer may be any text, and credentials
any file."""

_ADVICE = {
    401: "Google does not know the token",
    403: "Google refuses: share the spreadsheet with the service account as an editor",
    404: "there is no spreadsheet with this NOVALGO_SHEET_ID",
    429: "Google's quota is used up for now",
}


def refused(response: Response) -> SheetAwayError:
    """Return an error answer in words."""
    status = response.status_code
    message = _ADVICE.get(status, f"Google answered {status}")
    if status == 403 and "SERVICE_DISABLED" in response.text:
        message = "Google refuses: switch the Google Sheets API on for the account's project"
    return SheetAwayError(message, retry_after=_retry_after(response))


def passes_by_itself(response: Response) -> bool:
    """Say whether the same request may succeed later on the same connection."""
    return response.status_code == 429 or response.status_code >= 500


def failed(error: Exception) -> SheetAwayError:
    """Return the failure of a request that got no usable answer, in words."""
    name = type(error).__name__
    match error:
        case RefreshError() if not error.retryable:
            return SheetAwayError("Google refuses the service account: check its credentials")
        case json.JSONDecodeError():
            return SheetAwayError("an answer, or the service account's file, is not JSON")
        case RequestException() | GoogleAuthError():
            return SheetAwayError(f"Google cannot be reached ({name})")
        case OSError():
            return SheetAwayError(f"the service account's file cannot be read ({name})")
    return SheetAwayError(f"an answer, or the service account's file, makes no sense ({name})")


def _retry_after(response: Response) -> float:
    """Return the seconds that the header names, as a number or by a date (RFC 9110)."""
    text = response.headers.get("Retry-After", "0")
    try:
        return max(0.0, float(text))
    except ValueError:
        return _until(text, response.headers.get("Date", ""))


def _until(date: str, now: str) -> float:
    """Return the seconds between two dates of one server, whatever our own clock says."""
    try:
        apart = parsedate_to_datetime(date) - parsedate_to_datetime(now)
    except ValueError:
        return 0.0
    return max(0.0, apart.total_seconds())

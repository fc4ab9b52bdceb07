"""What went wrong between here and Google, as one sentence that names no secret."""

import json

from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.exceptions import APIError
from requests import Response
from requests.exceptions import RequestException

from novalgo_sheets.sheet import SheetAwayError

ANSWERED = (APIError, GoogleAuthError, RequestException, OSError, ValueError, KeyError, TypeError)
"""Everything that a request may raise: an answer may be any text, and credentials any file."""

_ADVICE = {
    401: "Google does not know the token",
    403: "Google refuses: share the spreadsheet with the service account as an editor",
    404: "there is no spreadsheet with this NOVALGO_SHEET_ID",
    429: "Google's quota is used up for now",
}


def away(error: Exception) -> SheetAwayError:
    """Return the failure in words."""
    match error:
        case APIError():
            status = error.response.status_code
            advice = _ADVICE.get(status, f"Google answered {status}")
            return SheetAwayError(advice, retry_after=_retry_after(error.response))
        case RefreshError():
            return SheetAwayError("Google refuses the service account: check its credentials")
        case RequestException() | GoogleAuthError():
            return SheetAwayError(f"Google cannot be reached ({type(error).__name__})")
        case OSError():
            return SheetAwayError(
                f"the service account's file cannot be read ({type(error).__name__})"
            )
        case json.JSONDecodeError():
            return SheetAwayError("the service account's file, or an answer, is not JSON")
    return SheetAwayError(f"Google's answer cannot be understood ({type(error).__name__})")


def passes_by_itself(error: Exception) -> bool:
    """Say whether the same request may succeed later on the same connection."""
    return isinstance(error, APIError) and (
        error.response.status_code == 429 or error.response.status_code >= 500
    )


def _retry_after(response: Response) -> float:
    try:
        return max(0.0, float(response.headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0

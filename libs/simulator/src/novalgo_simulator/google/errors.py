"""Google's error answers: one JSON shape, a status word for each HTTP code."""

from fastapi.responses import HTMLResponse, JSONResponse, Response

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_MESSAGES = {
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
    "cookie or other valid authentication credential.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}


class GoogleError(Exception):
    """The request is answered with this code and message."""

    def __init__(
        self,
        code: int,
        message: str | None = None,
        *,
        retry_after: str | None = None,
        is_page: bool = False,
    ) -> None:
        super().__init__(message or _MESSAGES.get(code, "Error"))
        self.code = code
        self._headers = {"Retry-After": retry_after} if retry_after is not None else {}
        self._is_page = is_page

    def answer(self) -> Response:
        if self._is_page:
            page = f"<html><title>Error {self.code}</title><p>That is an error.</p></html>"
            return HTMLResponse(page, status_code=self.code, headers=self._headers)
        status = _STATUSES.get(self.code, "UNKNOWN")
        error = {"code": self.code, "message": str(self), "status": status}
        return JSONResponse({"error": error}, status_code=self.code, headers=self._headers)

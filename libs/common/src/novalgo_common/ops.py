"""What every service answers to those who run it: `/health`, `/ready`, `/metrics`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from novalgo_common.clock import Clock, to_pacific
from novalgo_common.metrics import watch_process

Check: TypeAlias = Callable[[], str | None]
"""Returns one sentence on what is wrong and how to mend it, or None."""


def one_check(problems: Callable[[], Sequence[str]]) -> Check:
    """Return the check that says all of these problems, one sentence after the other."""
    return lambda: " ".join(problems()) or None


class Readiness:
    """The named checks of a service.  It is ready when none of them has anything to say."""

    def __init__(self, **checks: Check) -> None:
        self._checks = checks

    def checked(self) -> dict[str, str | None]:
        """Return what each check says, by its name."""
        return {name: check() for name, check in self._checks.items()}

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by the name of the check."""
        return {name: problem for name, problem in self.checked().items() if problem is not None}


def ops_app(
    service: str,
    readiness: Readiness,
    registry: CollectorRegistry,
    *,
    port: int,
    clock: Clock,
    details: Callable[[], dict[str, Any]] = dict,
) -> FastAPI:
    """Return a service's application, to which it adds its own routes.

    `/health` says that the process runs; `/ready` answers 503 with the problems while it should
    get no work.  `details` are further fields of `/health`.
    """
    watch_process(registry, readiness.checked)
    app = FastAPI(title=f"NovAlgo {service}", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {
            "status": "degraded" if readiness.problems() else "healthy",
            "service": service,
            "port": port,
            "timestamp": to_pacific(clock()).isoformat(),
            **details(),
        }

    @app.get("/ready")
    async def ready() -> JSONResponse:
        problems = readiness.problems()
        body = {"status": "not ready" if problems else "ready", "problems": problems}
        return JSONResponse(body, status_code=503 if problems else 200)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app

"""The read surface: config, positions, performance and receipts, for holders of an API key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response

from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.credentials import Credentials
from novalgo_common.errors import UnavailableError
from novalgo_common.events import PositionSnapshot, PositionsReported, PositionsRequested
from novalgo_ingest.answers import answer, error, number
from novalgo_ingest.performance import Performance
from novalgo_ingest.receipts.export import as_csv
from novalgo_ingest.receipts.receipt import as_json
from novalgo_ingest.receipts.search import WrongSearchError, parse_search
from novalgo_ingest.receipts.store import ReceiptStore

POSITIONS_WITHIN = 5.0

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    keys: Credentials
    receipts: ReceiptStore
    config: ConfigCopy
    performance: Performance
    bus: Bus
    clock: Clock

    def routes(self) -> dict[str, Endpoint]:
        """Return what answers a GET, by path; each asks for the key first."""
        endpoints: dict[str, Endpoint] = {
            "/config": self._config,
            "/positions": self._positions,
            "/performance": self._performance,
            "/signals": self._signals,
            "/signals/{signal_id}": self._signal,
        }
        return {path: self.guarded(endpoint) for path, endpoint in endpoints.items()}

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Return the endpoint for holders of a key; 503 where what it asks is away."""

        async def guarded(request: Request) -> Response:
            if not self.keys.accept(request.headers.get("x-api-key")):
                return error(401, "Wrong or missing X-API-Key")
            try:
                return await endpoint(request)
            except UnavailableError as problem:
                return error(503, str(problem))

        return guarded

    async def _config(self, _request: Request) -> Response:
        rows = {
            f"{row.symbol} {row.timeframe}": number(row.position_size)
            for row in self.config.rows
            if row.active
        }
        return answer({"config": rows, "total": len(rows)})

    async def _positions(self, _request: Request) -> Response:
        question = uuid4()
        reported = await self.bus.request(
            PositionsRequested(
                event_id=question, correlation_id=question, occurred_at=self.clock()
            ),
            within=POSITIONS_WITHIN,
        )
        assert isinstance(reported, PositionsReported)
        held = [_position(position) for position in reported.positions]
        return answer({"positions": held, "total": len(held)})

    async def _performance(self, _request: Request) -> Response:
        await self.performance.recompute()
        return answer({"status": "Performance updated"})

    async def _signals(self, request: Request) -> Response:
        query = dict(request.query_params)
        if len(query) != len(request.query_params.multi_items()):
            return error(400, "A parameter is given twice")
        form = query.pop("format", "json")
        if form not in ("json", "csv"):
            return error(400, "format: not json or csv")
        try:
            search = parse_search(query)
        except WrongSearchError as wrong:
            return error(400, str(wrong))
        found = await self.receipts.receipts(search)
        older = found[-1].sequence if len(found) == search.limit else None
        listed = [as_json(receipt) for receipt in found]
        if form == "csv":
            headers = {"X-Before": str(older)} if older is not None else {}
            return Response(as_csv(listed), headers=headers, media_type="text/csv")
        return answer({"signals": listed, "before": older})

    async def _signal(self, request: Request) -> Response:
        try:
            signal_id = UUID(request.path_params["signal_id"])
        except ValueError:
            return error(400, "signal_id: not a UUID")
        receipt = await self.receipts.receipt(signal_id)
        return answer(as_json(receipt)) if receipt is not None else error(404, "Unknown signal")


def _position(position: PositionSnapshot) -> dict[str, Any]:
    return {
        "symbol": position.symbol,
        "qty": number(abs(position.quantity)),
        "side": "long" if position.quantity > 0 else "short",
        "market_value": number(position.market_value),
        "unrealized_pl": number(position.unrealized_pl),
    }

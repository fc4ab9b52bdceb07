"""/v2/account"""

from decimal import Decimal
from uuid import NAMESPACE_DNS, uuid5

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from novalgo_simulator.api.wire import Json, moment
from novalgo_simulator.broker.amount import ZERO, plain
from novalgo_simulator.broker.venue import Venue
from novalgo_simulator.market.session import NEW_YORK

ACCOUNT_NUMBER = "PASIMULATED1"
_ACCOUNT_ID = uuid5(NAMESPACE_DNS, "account.simulated.invalid")
_MAINTENANCE = Decimal("0.3")
_INITIAL = Decimal("0.5")


def account_router(venue: Venue) -> APIRouter:
    router = APIRouter(prefix="/v2")

    @router.get("/account")
    async def account() -> Response:
        return JSONResponse({**_identity(venue), **_amounts(venue)})

    return router


def _identity(venue: Venue) -> Json:
    return {
        "id": str(_ACCOUNT_ID),
        "account_number": ACCOUNT_NUMBER,
        "status": "ACTIVE",
        "crypto_status": "ACTIVE",
        "currency": "USD",
        "created_at": moment(venue.tape.started_at),
        "trading_blocked": False,
        "transfers_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": False,
        "options_approved_level": 0,
        "options_trading_level": 0,
    }


def _amounts(venue: Venue) -> Json:
    at = venue.clock()
    worth = venue.valuation()
    day_began = venue.session.last_close(at)
    maintenance = plain(worth.exposure * _MAINTENANCE)
    return {
        "cash": plain(worth.cash),
        "equity": plain(worth.equity),
        "portfolio_value": plain(worth.equity),
        "last_equity": plain(venue.equity_at(day_began)),
        "balance_asof": day_began.astimezone(NEW_YORK).date().isoformat(),
        "long_market_value": plain(worth.long_value),
        "short_market_value": plain(worth.short_value),
        "position_market_value": plain(worth.exposure),
        "buying_power": plain(worth.buying_power),
        "regt_buying_power": plain(worth.room(min(worth.multiplier, 2))),
        "non_marginable_buying_power": plain(max(worth.room(1), ZERO)),
        "options_buying_power": plain(worth.room(1)),
        "multiplier": str(worth.multiplier),
        "shorting_enabled": worth.may_short,
        "initial_margin": plain(worth.exposure * _INITIAL),
        "maintenance_margin": maintenance,
        "last_maintenance_margin": maintenance,
        "sma": "0",
        "accrued_fees": "0",
        "pending_reg_taf_fees": "0",
        "intraday_adjustments": "0",
    }

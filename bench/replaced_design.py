"""A faithful copy, in miniature, of the design that NovAlgo replaces.

A Flask server does everything inside the request: it reads the sheet, looks at the position,
submits, sleeps two seconds, asks how the order went and writes the sheet, twice.  Google and Alpaca
are stood for by the time that a call to them takes, so nothing is ever refused or limited here.
"""

import logging
import sys
import time
from typing import Any

from flask import Flask, jsonify, request

GOOGLE_CALL = 0.3
ALPACA_CALL = 0.1
FILL_WAIT = 2.0

app = Flask(__name__)


@app.get("/ready")
def ready() -> Any:
    return jsonify(status="ready")


@app.post("/webhook")
def webhook() -> Any:
    alert = request.get_json(force=True)
    size = _read_position_size(alert["symbol"], alert["timeframe"])
    held = _position(alert["symbol"])
    if (held > 0) == (alert["action"] == "BUY") and held:
        return jsonify(status="skipped")
    order_id = _submit(alert["symbol"], alert["action"], size)
    time.sleep(FILL_WAIT)
    status = _order_status(order_id)
    _write_sheet("Order Status", status)
    _write_sheet("Last Updated", time.strftime("%H:%M:%S"))
    return jsonify(status="success", amount=size, order_id=order_id)


def _read_position_size(_symbol: str, _timeframe: str) -> int:
    time.sleep(GOOGLE_CALL)
    return 5000


def _position(_symbol: str) -> int:
    time.sleep(ALPACA_CALL)
    return 0


def _submit(symbol: str, action: str, _size: int) -> str:
    time.sleep(ALPACA_CALL)
    return f"{symbol}-{action}"


def _order_status(_order_id: str) -> str:
    time.sleep(ALPACA_CALL)
    return "FILLED"


def _write_sheet(_column: str, _value: str) -> None:
    time.sleep(GOOGLE_CALL)


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)

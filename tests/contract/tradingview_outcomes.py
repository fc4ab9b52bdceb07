"""What becomes of the alert bodies that were collected in the wild.

`python -m tests.contract.tradingview_outcomes` writes the outcomes, not the bodies, into the CSV
file beside this one.  Who changes how alerts are read reviews what changes there.
"""

import csv
import json
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path

from novalgo_ingest.alert import Alert, Refusal
from novalgo_ingest.message import read_message
from novalgo_ingest.strict_json import Fields, NotStrictJsonError
from novalgo_ingest.translate import translate
from tests.builders import NOON

BODIES = Path(__file__).parents[3] / "shared" / "data" / "tradingview_payloads.jsonl"
OUTCOMES = Path(__file__).with_suffix(".csv")
HEADER = ("number", "sha256 of the body", "as it stands", "with a timeframe")
AT = NOON.replace(month=12)
"""After the times that the collected bodies were filled in with."""


def bodies() -> Iterator[str]:
    """Yield the bodies as TradingView sends them, their placeholders filled in."""
    with BODIES.open(encoding="utf-8") as lines:
        yield from (json.loads(line)["rendered"] for line in lines)


def outcomes() -> str:
    """Return the CSV text."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, body in enumerate(bodies(), start=1):
        digest = sha256(body.encode()).hexdigest()[:12]
        writer.writerow((number, digest, _outcome(body, {}), _outcome(body, {"timeframe": "15"})))
    return text.getvalue()


def _outcome(body: str, added: Fields) -> str:
    try:
        fields = read_message(body.encode(), None)
    except NotStrictJsonError as error:
        return str(error)
    alert = translate(added | fields, AT)
    if isinstance(alert, Refusal):
        return alert.error
    assert isinstance(alert, Alert), "no collected body is a heartbeat"
    return " ".join((alert.action, alert.symbol, alert.timeframe, *_told(alert)))


def _told(alert: Alert) -> Iterator[str]:
    if alert.price is not None:
        yield f"at {alert.price}"
    if alert.alert_at is not None:
        yield f"fired {alert.alert_at:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    OUTCOMES.write_text(outcomes(), encoding="utf-8")

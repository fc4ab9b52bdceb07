"""An alert as a TradingView chart sends it, in the spellings that are found in the wild."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from novalgo_cli.demo.rows import MINUTES, Book

SECRET = "{{secret}}"  # noqa: S105 - where the secret goes
TIME = "{{timenow}}"


class Answer(StrEnum):
    """What ingest answers, by kind."""

    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    WRONG_SECRET = "wrong secret"  # noqa: S105 - a kind of answer
    MALFORMED = "malformed"
    OTHER = "anything else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message of one chart.  A resend is the same alert again, byte for byte."""

    number: int
    action: str
    book: Book
    template: str
    """The body, with SECRET and TIME still to be filled in."""
    content_type: str = "application/json"
    expected: Answer = Answer.ACCEPTED

    def body(self, secret: str, now: datetime) -> bytes:
        moment = now.isoformat(timespec="milliseconds")
        return self.template.replace(SECRET, secret).replace(TIME, moment).encode()


def an_alert(number: int, action: str, book: Book, expected: Answer = Answer.ACCEPTED) -> Alert:
    """Return an alert in one of the spellings; `action` is BUY, SELL or CLOSE."""
    spelling = _SPELLINGS[number % len(_SPELLINGS)]
    return Alert(
        number=number,
        action=action,
        book=book,
        template=spelling(action, book, f"bar-{number}"),
        content_type="text/plain" if number % 4 == 2 else "application/json",
        expected=expected,
    )


def with_wrong_secret(number: int, action: str, book: Book) -> Alert:
    symbol, timeframe = book
    fields = {"action": action, "symbol": symbol, "timeframe": timeframe, "secret": "a-guess"}
    return Alert(
        number=number,
        action=action,
        book=book,
        template=json.dumps(fields),
        expected=Answer.WRONG_SECRET,
    )


def malformed(number: int, book: Book) -> Alert:
    """Return what a misconfigured chart sends."""
    return Alert(
        number=number,
        action="",
        book=book,
        template=_MALFORMED[number % len(_MALFORMED)],
        expected=Answer.MALFORMED,
    )


def _plain(action: str, book: Book, name: str) -> str:
    symbol, timeframe = book
    fields = {"action": action, "symbol": symbol, "timeframe": timeframe, "secret": SECRET}
    return json.dumps({**fields, "id": name, "time": TIME})


def _strategy(action: str, book: Book, name: str) -> str:
    """What `{{strategy.order.action}}` and its siblings become."""
    position = {"BUY": "long", "SELL": "short", "CLOSE": "flat"}[action]
    fields = {
        "action": "buy" if action == "BUY" else "sell",
        "market_position": position,
        "symbol": f"NASDAQ:{book[0]}",
        "timeframe": str(MINUTES.get(book[1], book[1])),
        "comment": name,
        "secret": SECRET,
        "time": TIME,
        "id": name,
    }
    return json.dumps(fields)


def _aliases(action: str, book: Book, name: str) -> str:
    interval = MINUTES.get(book[1], book[1])
    fields = {"ticker": book[0], "interval": interval, "side": action.lower(), "passphrase": SECRET}
    return json.dumps({**fields, "timenow": TIME, "id": name})


_SPELLINGS: tuple[Callable[[str, Book, str], str], ...] = (_plain, _strategy, _plain, _aliases)
_MALFORMED = (
    "AAPL crossed over its moving average",
    f'{{"action": "BUY", "symbol": "AAPL", "secret": "{SECRET}"}}',
    f'{{"action": "{{{{strategy.order.action}}}}", "symbol": "AAPL", "timeframe": "15", '
    f'"secret": "{SECRET}"}}',
    f'{{"action": "HOLD", "symbol": "AAPL", "timeframe": "15", "secret": "{SECRET}"}}',
    f'{{"action": "BUY", "symbol": "EURUSD=X", "timeframe": "15", "secret": "{SECRET}"}}',
)

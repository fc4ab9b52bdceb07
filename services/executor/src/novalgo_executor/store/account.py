"""What executor keeps beside signals and orders: adoptions, splits, the config, a watermark."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.engine import Connection

from novalgo_common.events import (
    ConfigChanged,
    FillRecorded,
    PositionAdopted,
    PositionSplit,
    Side,
    SplitPart,
    derived_id,
)
from novalgo_common.store import Outbox
from novalgo_common.wire import decode, encode
from novalgo_executor.allocate import Share, allocate_trade
from novalgo_executor.broker import BrokerFill
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.split import Part
from novalgo_executor.store import adoptions, alarms, event_ids, halts, notes, positions

_CONFIG = "config"
_WATERMARK = "fills_watermark"
_STREAK = "losing_streak"
_PEAK = "highest_equity"
_AGREED = "books_agreed"
_RESET = "account_reset"


def adopt(
    connection: Connection,
    outbox: Outbox,
    symbol: str,
    shares: Sequence[Share],
    *,
    price: Decimal,
    seen_at: datetime,
    now: datetime,
) -> None:
    """Add shares that no fill explains to books, or to the external remainder.

    They were seen at the broker at `seen_at`: a fill before that is among them.  It is drift, with
    an alarm, but for a position from before the symbol's first signal that goes to its own row.
    """
    was_known = positions.is_known(connection, symbol)
    adoptions.note(connection, symbol, seen_at)
    for share in shares:
        positions.move(connection, symbol, share.timeframe, share.quantity, price)
        event_id = event_ids.of_account(f"adopted.{symbol}.{share.timeframe}.{now.isoformat()}")
        outbox.add(
            connection,
            PositionAdopted(
                event_id=event_id,
                correlation_id=event_id,
                occurred_at=now,
                symbol=symbol,
                timeframe=share.timeframe,
                quantity=share.quantity,
                average_price=price,
            ),
        )
        if was_known or share.timeframe is None:
            alarms.add(
                connection,
                outbox,
                derived_id(event_id, "alarm.drift"),
                code="drift",
                message=_drift(symbol, share),
                symbol=symbol,
                now=now,
            )


def _drift(symbol: str, share: Share) -> str:
    whose = f"the book {share.timeframe}" if share.timeframe else "no book: they are external"
    return (
        f"{share.quantity:+f} shares of {symbol} at Alpaca, which no fill explains, now belong to "
        f"{whose}"
    )


def split(
    connection: Connection, outbox: Outbox, symbol: str, parts: Sequence[Part], now: datetime
) -> None:
    """Give each holder of a symbol the shares that a split has left it with, and say so."""
    for part in parts:
        positions.scale(connection, symbol, part.timeframe, part.after)
    event_id = event_ids.of_account(f"split.{symbol}.{now.isoformat()}")
    outbox.add(
        connection,
        PositionSplit(
            event_id=event_id,
            correlation_id=event_id,
            occurred_at=now,
            symbol=symbol,
            parts=tuple(
                SplitPart(timeframe=part.timeframe, before=part.before, after=part.after)
                for part in parts
            ),
        ),
    )
    each = ", ".join(
        f"{part.timeframe or 'external'} {part.before} to {part.after}" for part in parts
    )
    alarms.add(
        connection,
        outbox,
        derived_id(event_id, "alarm.split"),
        code="split",
        message=f"The shares of {symbol} were split: {each}",
        symbol=symbol,
        now=now,
    )


def note_reset(connection: Connection, outbox: Outbox, name: str, now: datetime) -> None:
    """Halt all entries: the account that the books are about has been reset, or is another one.

    An alarm says so too: where all is halted already, nobody would hear of another halt.
    """
    notes.write(connection, _RESET, now.isoformat())
    reason = (
        f"Alpaca does not know order {name} any more, which it had taken. Look at the account and "
        "at the books, then resume"
    )
    cause = event_ids.of_account(f"reset.{name}")
    halts.add(connection, outbox, Halt(Scope(), f"account_reset: {reason}", now), cause)
    alarms.add(
        connection,
        outbox,
        derived_id(cause, "alarm.reset"),
        code="account_reset",
        message=f"The account has been reset, or is another one: {reason}",
        now=now,
    )


def count_foreign(connection: Connection, outbox: Outbox, fill: BrokerFill, now: datetime) -> None:
    """Count a fill that no order of ours explains: a trade by hand, a liquidation.

    Where it concerns several holders it is counted in parts, one after the other; a book's part
    raises an alarm.  Not where its shares were adopted before the fill was listed.
    """
    if positions.is_counted(connection, fill) or adoptions.covers(
        connection, fill.symbol, fill.filled_at
    ):
        return
    signed = fill.quantity if fill.side is Side.BUY else -fill.quantity
    end = fill.cumulative - fill.quantity
    for share in allocate_trade(signed, positions.holdings(connection, fill.symbol)):
        end += abs(share.quantity)
        part = replace(fill, quantity=abs(share.quantity), cumulative=end)
        positions.count(connection, part, share.timeframe)
        event_id = event_ids.of_fill(None, part.order_id, part.cumulative)
        outbox.add(
            connection,
            FillRecorded(
                event_id=event_id,
                correlation_id=event_id,
                occurred_at=part.filled_at,
                symbol=part.symbol,
                timeframe=share.timeframe,
                client_order_id=None,
                order_id=part.order_id,
                leg=None,
                side=part.side,
                quantity=part.quantity,
                price=part.price,
                filled_at=part.filled_at,
            ),
        )
        if share.timeframe is not None:
            alarms.add(
                connection,
                outbox,
                derived_id(event_id, "alarm.taken"),
                code="drift",
                message=_taken(part.symbol, share),
                symbol=part.symbol,
                now=now,
            )


def _taken(symbol: str, share: Share) -> str:
    return (
        f"{share.quantity:+f} shares of {symbol} were traded, and not by NovAlgo: they are taken "
        f"from the book {share.timeframe}"
    )


def keep_config(connection: Connection, event: ConfigChanged) -> None:
    notes.write(connection, _CONFIG, encode(event).decode())


def kept_config(connection: Connection) -> ConfigChanged | None:
    text = notes.read(connection, _CONFIG)
    if text is None:
        return None
    event = decode(text.encode())
    assert isinstance(event, ConfigChanged)
    return event


def count_streak(connection: Connection, realised: Decimal) -> None:
    """Take a closing order's result into the losing streak; one that came out even counts not."""
    if realised:
        notes.write(connection, _STREAK, str(losing_streak(connection) + 1 if realised < 0 else 0))


def losing_streak(connection: Connection) -> int:
    """Return how many closing orders lost, one after the other, up to now."""
    return int(notes.read(connection, _STREAK) or 0)


def reset_streak(connection: Connection) -> None:
    notes.write(connection, _STREAK, "0")


def raise_peak(connection: Connection, equity: Decimal) -> Decimal:
    """Return the highest equity that was seen, this one included."""
    highest = max(equity, peak(connection))
    notes.write(connection, _PEAK, format(highest, "f"))
    return highest


def peak(connection: Connection) -> Decimal:
    """Return the highest equity that was seen."""
    return Decimal(notes.read(connection, _PEAK) or 0)


def move_peak(connection: Connection, dollars: Decimal) -> None:
    """Count what was moved in or out as if the highest equity had had it so."""
    notes.write(connection, _PEAK, format(max(peak(connection) + dollars, Decimal(0)), "f"))


def reset_peak(connection: Connection) -> None:
    notes.write(connection, _PEAK, "0")


def save_watermark(connection: Connection, moment: datetime, *, agreed: bool) -> None:
    notes.write(connection, _WATERMARK, moment.isoformat())
    if agreed:
        notes.write(connection, _AGREED, moment.isoformat())


def watermark(connection: Connection) -> datetime | None:
    """Return the time up to which the account's fills are certainly counted."""
    return _moment(connection, _WATERMARK)


def agreed_at(connection: Connection) -> datetime | None:
    """Return when the books and the broker's positions were last the same."""
    return _moment(connection, _AGREED)


def reset_at(connection: Connection) -> datetime | None:
    """Return when the account was last found to have been reset."""
    return _moment(connection, _RESET)


def _moment(connection: Connection, name: str) -> datetime | None:
    text = notes.read(connection, name)
    return datetime.fromisoformat(text) if text is not None else None

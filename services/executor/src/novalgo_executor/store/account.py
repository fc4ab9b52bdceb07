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
)
from novalgo_common.store import Outbox
from novalgo_common.wire import decode, encode
from novalgo_executor.allocate import Share, allocate_trade
from novalgo_executor.broker import BrokerFill
from novalgo_executor.split import Part
from novalgo_executor.store import adoptions, event_ids, notes, positions

_CONFIG = "config"
_WATERMARK = "fills_watermark"
_STREAK = "losing_streak"
_PEAK = "highest_equity"


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

    They were seen at the broker at `seen_at`: a fill before that is among them.
    """
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


def split(
    connection: Connection, outbox: Outbox, symbol: str, parts: Sequence[Part], now: datetime
) -> None:
    """Give each holder of a symbol the shares that a split has left it with."""
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


def count_foreign(connection: Connection, outbox: Outbox, fill: BrokerFill) -> None:
    """Count a fill that no order of ours explains: a trade by hand, a liquidation.

    Where it concerns several holders it is counted in parts, one after the other.  Not where its
    shares were adopted before the fill was listed.
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
    peak = max(equity, Decimal(notes.read(connection, _PEAK) or 0))
    notes.write(connection, _PEAK, format(peak, "f"))
    return peak


def reset_peak(connection: Connection) -> None:
    notes.write(connection, _PEAK, "0")


def save_watermark(connection: Connection, moment: datetime) -> None:
    notes.write(connection, _WATERMARK, moment.isoformat())


def watermark(connection: Connection) -> datetime | None:
    """Return the time up to which the account's fills are certainly counted."""
    text = notes.read(connection, _WATERMARK)
    return datetime.fromisoformat(text) if text is not None else None

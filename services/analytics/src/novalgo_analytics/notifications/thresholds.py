"""Which thresholds of the rules are crossed.  Pure."""

from collections.abc import Iterator
from decimal import Decimal

from novalgo_analytics import wording
from novalgo_analytics.execution.way import Milestone, Way
from novalgo_analytics.notifications.notice import Kind, Notice
from novalgo_analytics.notifications.rules import Rules, Thresholds
from novalgo_analytics.notifications.telling import made_notice
from novalgo_common.events import AccountSnapshotTaken, SignalEnded

HUNDRED, NONE = Decimal(100), Decimal(0)


def crossed(
    snapshot: AccountSnapshotTaken, highest: Decimal | None, rules: Rules, moved: Decimal = NONE
) -> list[Notice]:
    """Return a notice for each threshold that the account is beyond; the cool-down thins them.

    `highest` is the highest equity of any day's close before, None where there is none; `moved`
    the dollars that were moved in, less those moved out, since the last close.
    """
    found = (
        made_notice(
            rules,
            Kind.RULE,
            notice_id=f"{snapshot.event_id} {name}",
            key=name,
            title=title,
            at=snapshot.occurred_at,
            words={"message": message, "service": "analytics", "code": name},
        )
        for name, title, message in _account(snapshot, highest, rules.rules, moved)
    )
    return [notice for notice in found if notice is not None]


def late(ended: SignalEnded, way: Way, rules: Rules) -> Notice | None:
    """Return the notice of a signal that took too long from its alert to its last fill."""
    limit = rules.rules.latency_seconds
    took = way.seconds(Milestone.ALERT, Milestone.FILLED)
    if limit is None or took is None or took <= limit:
        return None
    book = f"{ended.symbol} {ended.timeframe}"
    message = f"{ended.action} {book} took {wording.seconds(took)} from the alert to its last fill."
    return made_notice(
        rules,
        Kind.RULE,
        notice_id=f"{ended.event_id} latency",
        key=f"latency {book}",
        title=f"Slow: {book}",
        at=ended.occurred_at,
        words={"message": message, "service": "analytics", "code": "latency"},
    )


def _account(
    snapshot: AccountSnapshotTaken, highest: Decimal | None, limits: Thresholds, moved: Decimal
) -> Iterator[tuple[str, str, str]]:
    equity, earned = snapshot.equity, snapshot.equity - snapshot.last_equity - moved
    if limits.drawdown_percent and highest and equity < highest:
        fall = (highest - equity) / highest * HUNDRED
        if fall >= limits.drawdown_percent:
            yield (
                "drawdown",
                f"Drawdown {fall:.1f}%",
                f"The equity, {wording.dollars(equity)}, is {fall:.1f}% below its highest close, "
                f"{wording.dollars(highest)}.",
            )
    if limits.day_loss_dollars and -earned >= limits.day_loss_dollars:
        yield "day_loss", "Day's loss", f"{wording.dollars(-earned)} lost since the last close."
    if limits.profit_target_dollars and earned >= limits.profit_target_dollars:
        yield (
            "profit_target",
            "Profit target reached",
            f"{wording.dollars(earned)} earned since the last close.",
        )
    yield from _positions(snapshot, limits)
    least = limits.least_buying_power_dollars
    if least and snapshot.buying_power < least:
        yield (
            "margin",
            "Buying power is low",
            f"{wording.dollars(snapshot.buying_power)} of buying power left, less than "
            f"{wording.dollars(least)}.",
        )


def _positions(
    snapshot: AccountSnapshotTaken, limits: Thresholds
) -> Iterator[tuple[str, str, str]]:
    gross = sum((abs(each.market_value or Decimal(0)) for each in snapshot.positions), Decimal(0))
    exposure = gross / snapshot.equity * HUNDRED if snapshot.equity > 0 else Decimal(0)
    if limits.exposure_percent and exposure >= limits.exposure_percent:
        yield (
            "exposure",
            f"Exposure {exposure:.0f}%",
            f"Longs and shorts are {wording.dollars(gross)}, {exposure:.0f}% of the equity.",
        )
    for each in snapshot.positions:
        behind = -(each.unrealized_pl or Decimal(0))
        if limits.position_loss_dollars and behind >= limits.position_loss_dollars:
            yield (
                f"position_loss {each.symbol}",
                f"{each.symbol} is behind",
                f"{each.symbol} is behind by {wording.dollars(behind)}.",
            )

"""Which events are worth a notice, and how it reads.  Pure."""

from collections.abc import Mapping
from datetime import datetime

from novalgo_analytics import wording
from novalgo_analytics.notifications.notice import Kind, Notice
from novalgo_analytics.notifications.rules import Rules
from novalgo_common.events import (
    AlarmRaised,
    ConfigChanged,
    Ending,
    Event,
    FillRecorded,
    SignalEnded,
    TradingHalted,
    TradingResumed,
)

SILENT = {"alert_silent", "alert_stopped"}
DRIFTED = {"drift", "position_mismatch"}
DEAD = {"dead_letters", "dead_letter"}
_ENDINGS = {
    Ending.FAILED: Kind.FAILURE,
    Ending.EXPIRED: Kind.FAILURE,
    Ending.DECLINED: Kind.DECLINED,
    Ending.DEAD: Kind.DEAD_LETTER,
}


def notice_of(event: Event, rules: Rules) -> Notice | None:
    """Return what is to be told about the event, or None."""
    match event:
        case FillRecorded():
            return _notice(rules, Kind.FILL, event, "Fill", _fill(event), key=str(event.event_id))
        case SignalEnded() if event.ending in _ENDINGS:
            return _ended(event, rules)
        case TradingHalted():
            words = {"what": "Halted:", "scope": _scope(event), "reason": f". {event.reason}"}
            return _notice(rules, Kind.HALT, event, "Trading halted", words, key=_scope(event))
        case TradingResumed():
            words = {"what": "Resumed:", "scope": _scope(event), "reason": ""}
            return _notice(rules, Kind.HALT, event, "Trading resumed", words, key=_scope(event))
        case ConfigChanged():
            return _notice(
                rules, Kind.CONFIG, event, "Config changed", _config(event), key="config"
            )
        case AlarmRaised():
            return _alarm(event, rules)
        case _:
            return None


def made_notice(
    rules: Rules,
    kind: Kind,
    *,
    notice_id: str,
    key: str,
    title: str,
    at: datetime,
    words: Mapping[str, str],
    folder: str | None = None,
    except_channel: str | None = None,
) -> Notice | None:
    """Return the notice as its policy has it, or None where the kind is off."""
    policy = rules.policy(kind)
    if policy.level == "off":
        return None
    return Notice(
        notice_id=notice_id,
        kind=kind,
        level=policy.level,
        key=f"{kind}: {key}",
        title=title,
        text=policy.template.format(**words),
        at=at,
        folder=folder,
        except_channel=except_channel,
    )


def _notice(
    rules: Rules, kind: Kind, event: Event, title: str, words: Mapping[str, str], *, key: str
) -> Notice | None:
    return made_notice(
        rules,
        kind,
        notice_id=str(event.event_id),
        key=key,
        title=title,
        at=event.occurred_at,
        words=words,
    )


def _ended(event: SignalEnded, rules: Rules) -> Notice | None:
    book = f"{event.symbol} {event.timeframe}"
    kind = _ENDINGS[event.ending]
    detail = event.detail or wording.words(event.reason or "no reason was given")
    if kind is Kind.DEAD_LETTER:
        words = {"message": f"{event.action} {book} is dead: {detail}.", "service": "", "code": ""}
        return _notice(rules, kind, event, f"Dead letter: {book}", words, key=book)
    words = {
        "action": event.action.value,
        "symbol": event.symbol,
        "timeframe": event.timeframe,
        "ending": event.ending.value,
        "detail": detail,
    }
    return _notice(rules, kind, event, f"{event.action} {book} {event.ending}", words, key=book)


def _alarm(event: AlarmRaised, rules: Rules) -> Notice | None:
    kind = Kind.ALARM
    for codes, special in (
        (SILENT, Kind.SILENCE),
        (DRIFTED, Kind.DRIFT),
        (DEAD, Kind.DEAD_LETTER),
    ):
        kind = special if event.code in codes else kind
    about = f" {event.symbol}" if event.symbol else ""
    words = {"message": event.message, "service": event.service, "code": event.code}
    title = f"{wording.words(event.code).capitalize()}{about}"
    return _notice(rules, kind, event, title, words, key=f"{event.code}{about}")


def _fill(fill: FillRecorded) -> dict[str, str]:
    return {
        "symbol": fill.symbol,
        "timeframe": fill.timeframe or "by hand",
        "side": "bought" if fill.side.value == "buy" else "sold",
        "quantity": wording.shares(fill.quantity),
        "price": wording.dollars(fill.price),
        "leg": fill.leg.value if fill.leg else "not NovAlgo's order",
    }


def _config(event: ConfigChanged) -> dict[str, str]:
    problems = "".join(f"; row {each.row}: {each.message}" for each in event.problems)
    return {
        "version": str(event.version),
        "rows": str(len(event.rows)),
        "active": str(sum(row.active for row in event.rows)),
        "problems": problems,
    }


def _scope(event: TradingHalted | TradingResumed) -> str:
    scope = " ".join(part for part in (event.symbol, event.timeframe) if part)
    return scope or "everything"

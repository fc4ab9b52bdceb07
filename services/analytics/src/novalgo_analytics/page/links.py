"""The lines between NovAlgo and the world: the bus, Alpaca, Google, mail and messages.  Pure.

A line is told by who owns it: executor's own word for Alpaca, that of sheets for Google, and beside
it when something was last heard through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from novalgo_analytics.page.condition import Condition, Neighbour
from novalgo_analytics.page.verdict import Evidence, Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    name: str
    light: Light
    says: str
    heard_at: datetime | None
    """When something last came through it."""


def links(
    evidence: Evidence, sheet_written_at: datetime | None, bus_problems: Sequence[str]
) -> tuple[Link, ...]:
    """Return the lines, the bus first."""
    by_name = {neighbour.name: neighbour for neighbour in evidence.neighbours}
    executor, sheets = by_name["executor"], by_name["sheets"]
    stated_at = evidence.account.occurred_at if evidence.account else None
    background = executor.problems.get("background", "")
    bus = "; ".join(bus_problems)
    return (
        Link(
            name="Bus",
            light=Light.RED if bus else Light.GREEN,
            says=bus or "connected",
            heard_at=evidence.now,
        ),
        _link("Alpaca", executor, executor.problems.get("reconciled"), stated_at),
        _link("Order stream", executor, background if "stream" in background else None, stated_at),
        _link("Google Sheet", sheets, sheets.problems.get("sheet"), sheet_written_at),
        _mailbox(by_name["ingest"]),
        _notifications(evidence),
    )


def _mailbox(ingest: Neighbour) -> Link:
    if ingest.condition in (Condition.UNKNOWN, Condition.DOWN):
        return _link("Mailbox", ingest, None, None)
    if ingest.mailbox is None:
        says = "none is set up: alerts come by webhook"
        return Link(name="Mailbox", light=Light.GREY, says=says, heard_at=None)
    light = Light.RED if ingest.mailbox else Light.GREEN
    return Link(
        name="Mailbox",
        light=light,
        says=ingest.mailbox or "connected",
        heard_at=ingest.checked_at,
    )


def _notifications(evidence: Evidence) -> Link:
    dead, all_of_them = evidence.dead_channels, evidence.channels
    if dead:
        light, says = Light.RED, f"dead: {', '.join(dead)}"
    elif all_of_them:
        light, says = Light.GREEN, ", ".join(all_of_them)
    else:
        light, says = Light.GREY, "no channel is set up: they are logged"
    return Link(name="Notifications", light=light, says=says, heard_at=None)


def _link(name: str, owner: Neighbour, problem: str | None, heard_at: datetime | None) -> Link:
    match owner.condition:
        case Condition.UNKNOWN:
            return Link(name=name, light=Light.GREY, says="not known yet", heard_at=heard_at)
        case Condition.DOWN:
            says = f"not known: {owner.name} is down"
            return Link(name=name, light=Light.RED, says=says, heard_at=heard_at)
        case _ if problem:
            return Link(name=name, light=Light.RED, says=problem, heard_at=heard_at)
        case _:
            return Link(name=name, light=Light.GREEN, says="connected", heard_at=heard_at)

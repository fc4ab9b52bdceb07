"""The notifier with its real store: told once, by every channel, whatever one of them does."""

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from novalgo_analytics.metrics import Metrics
from novalgo_analytics.notifications.notice import Level, Message
from novalgo_analytics.notifications.notifier import Notifier, Telling
from novalgo_analytics.notifications.outgoing import outgoing
from novalgo_analytics.notifications.rules import parse_rules
from novalgo_analytics.notifications.rules_file import shipped
from novalgo_analytics.notifications.telling import notice_of
from novalgo_analytics.store import Store
from novalgo_common.background import Background
from novalgo_common.clock import utc_now
from novalgo_common.store import Database
from tests.builders import a_fill, a_halt, a_signal_ended, an_alarm
from tests.stores import stored_in
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]

RULES = parse_rules(shipped().replace("digest = 5", "digest = 0"), "alerts.toml")


@dataclass
class FakeChannel:
    """A channel that keeps what it is sent; it fails as long as `works` is False."""

    name: str
    least: Level = Level.INFO
    works: bool = True
    hangs: threading.Event | None = None
    sent: list[Message] = field(default_factory=list)
    tries: int = 0

    def send(self, message: Message) -> bool:
        self.tries += 1
        if self.hangs is not None:
            self.hangs.wait(30)
        if self.works:
            self.sent.append(message)
        return self.works

    def titles(self) -> list[str]:
        return [message.title for message in self.sent]


@asynccontextmanager
async def notifying(
    folder: Path, channels: Sequence[Telling], metrics: Metrics | None = None
) -> AsyncIterator[Store]:
    async with Database.open(stored_in(folder), "analytics") as database, Background.open() as run:
        store = Store(database, utc_now)
        notifier = Notifier(
            store,
            RULES,
            channels,
            metrics or Metrics(),
            utc_now,
            first_pause=timedelta(milliseconds=5),
            idle=0.02,
        )
        await notifier.start(run)
        database.on_commit(notifier.wake)
        yield store


async def test_each_channel_is_told_what_its_level_asks_for(tmp_path: Path) -> None:
    mail, sms = FakeChannel("mail"), FakeChannel("sms", least=Level.CRITICAL)

    async with notifying(tmp_path, [mail, sms]) as store:
        await store.record(a_fill())
        await store.record(a_halt())
        await until(lambda: len(mail.sent) == 2 and len(sms.sent) == 1)

    assert sorted(mail.titles()) == ["Fill", "Trading halted"]
    assert sms.titles() == ["Trading halted"]


async def test_a_restart_tells_nothing_twice_and_forgets_nothing(tmp_path: Path) -> None:
    first, second = FakeChannel("mail"), FakeChannel("mail")
    fill = a_fill()

    async with notifying(tmp_path, [first]) as store:
        await store.record(fill)
        await until(lambda: len(first.sent) == 1)
        await store.record(a_signal_ended(ending="failed"))
        # By then the fill is marked as told.
        await until(lambda: len(first.sent) == 2)
    async with Database.open(stored_in(tmp_path), "analytics") as database:
        await Store(database, utc_now).record(a_halt())
    async with notifying(tmp_path, [second]) as store:
        await store.record(fill)
        await until(lambda: "Trading halted" in second.titles())

    assert first.titles()[0] == "Fill"
    assert "Fill" not in second.titles()


async def test_what_was_journaled_before_the_first_start_is_no_news(tmp_path: Path) -> None:
    channel = FakeChannel("mail")
    async with Database.open(stored_in(tmp_path), "analytics") as database:
        await Store(database, utc_now).record(a_fill())

    async with notifying(tmp_path, [channel]) as store:
        await store.record(a_halt())
        await until(lambda: len(channel.sent) == 1)

    assert channel.titles() == ["Trading halted"]


async def test_a_channel_that_hangs_delays_no_other(tmp_path: Path) -> None:
    release = threading.Event()
    stuck, mail = FakeChannel("stuck", hangs=release), FakeChannel("mail")

    async with notifying(tmp_path, [stuck, mail]) as store:
        try:
            for _ in range(5):
                await store.record(a_signal_ended(ending="failed"))
            await until(lambda: len(mail.sent) == 5)
            assert stuck.sent == []
        finally:
            release.set()


async def test_a_dead_channel_is_told_of_on_another_and_gets_everything_later(
    tmp_path: Path,
) -> None:
    dead, mail = FakeChannel("slack", works=False), FakeChannel("mail")

    async with notifying(tmp_path, [dead, mail]) as store:
        await store.record(a_halt())
        await until(lambda: "slack is dead" in mail.titles())
        dead.works = True
        await until(lambda: "slack is back" in mail.titles())

    assert dead.titles() == ["Trading halted"]
    assert mail.titles() == ["Trading halted", "slack is dead", "slack is back"]


async def test_a_trouble_that_goes_on_is_told_once(tmp_path: Path) -> None:
    channel = FakeChannel("mail")

    async with notifying(tmp_path, [channel]) as store:
        for _ in range(4):
            await store.record(an_alarm())
        await store.record(a_halt())
        await until(lambda: "Trading halted" in channel.titles())

    assert channel.titles().count("Sheet unreadable") == 1


def counted(metrics: Metrics, channel: str) -> dict[str, float | None]:
    """Return what came of handing messages to a channel, by outcome."""
    return {
        outcome: metrics.registry.get_sample_value(
            "novalgo_notifications_total", {"channel": channel, "outcome": outcome}
        )
        for outcome in ("arrived", "failed", "given_up")
    }


async def test_messages_are_counted_by_channel_and_by_what_came_of_them(tmp_path: Path) -> None:
    mail, dead, metrics = FakeChannel("mail"), FakeChannel("dead", works=False), Metrics()

    async with notifying(tmp_path, [mail, dead], metrics) as store:
        assert counted(metrics, "dead") == {"arrived": 0, "failed": 0, "given_up": 0}
        await store.record(a_halt())
        await until(lambda: bool(mail.sent) and dead.tries >= 2)
        dead.works = True
        await until(lambda: bool(counted(metrics, "dead")["arrived"]))

    assert counted(metrics, "mail")["failed"] == 0
    found = counted(metrics, "dead")
    assert found["failed"] == dead.tries - len(dead.sent)
    assert found["given_up"] == 0


async def test_more_that_waits_takes_no_other_statements(tmp_path: Path) -> None:
    """SQLite's driver keeps statements prepared: one for each length would fill the memory."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    async with Database.open(stored_in(tmp_path), "analytics") as database:
        store = Store(database, utc_now)
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            taken = [await _hand_out(store, statements, fills) for fills in (2, 20)]
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    assert taken[0] == taken[1]


async def _hand_out(store: Store, statements: list[str], fills: int) -> set[str]:
    """Tell of so many fills; return the statements that were run for it."""
    made = [notice_of(a_fill(), RULES) for _ in range(fills)]
    await store.add_notices([notice for notice in made if notice is not None])
    statements.clear()
    waiting = await store.waiting_notices(list(await store.oldest_notices()))
    assert len(waiting.notices) == fills
    out = outgoing(waiting.notices, waiting.told_at, waiting.held_back, RULES, utc_now())
    await store.hand_out(out, {}, utc_now())
    return set(statements)

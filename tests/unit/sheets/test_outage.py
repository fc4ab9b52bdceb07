"""An hour in which Google answers 429 and 500, in a time of its own, with every call counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from novalgo_common.events import Action, Ending, RowStatus
from novalgo_common.store import Database
from novalgo_sheets.handler import ConfigResponder, UpdateHandler
from novalgo_sheets.metrics import Metrics
from novalgo_sheets.settings import Settings
from novalgo_sheets.sheet import Anchor, Block, Cell, Reading, SheetAwayError, Strip
from novalgo_sheets.store import Store
from novalgo_sheets.worker import SheetWorker
from tests.builders import NOON, a_config_request, a_performance_updated, a_signal_ended
from tests.fake_sheet import FakeSheet

pytestmark = pytest.mark.anyio

HOUR = 3600.0
STEP = 0.5
ROWS = [f"A{chr(65 + n)}" for n in range(20)]
HEADER: list[Cell] = ["symbol", "position_size", "active", "Time Frame"]


@dataclass
class Refusing(FakeSheet):
    """Refuses by turns while the hour lasts; now and then lets one through, which ends a
    backoff."""

    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311
    passed: float = 0.0
    calls: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "write": []})

    async def read(self, wanted: Collection[str]) -> Reading:
        self._count("read")
        return await super().read(wanted)

    async def anchor(self, reading: Reading, anchors: Sequence[Anchor]) -> None:
        self._count("write")
        await super().anchor(reading, anchors)

    async def write(
        self, reading: Reading, strips: Sequence[Strip], blocks: Sequence[Block]
    ) -> None:
        self._count("write")
        await super().write(reading, strips, blocks)

    def _count(self, kind: str) -> None:
        self.calls[kind].append(self.passed)
        if 60 <= self.passed < 60 + HOUR and self.chance.random() < 0.9:
            code, seconds = self.chance.choice(((429, 5), (500, 0), (429, 0)))
            raise SheetAwayError(f"Google answered {code}", retry_after=seconds)

    def most_in_a_minute(self, kind: str) -> int:
        at = self.calls[kind]
        return max(sum(start <= other < start + 60 for other in at) for start in at)


async def test_an_hour_of_refusals_costs_no_status_and_no_quota(tmp_path: Path) -> None:
    async with Database.open(Settings(data_dir=tmp_path), "sheets") as database:
        rows: list[list[Cell]] = [[symbol, 100, True, "5 Min"] for symbol in ROWS]
        sheet = Refusing([list(HEADER), *rows])

        def now() -> datetime:
            return NOON + timedelta(seconds=sheet.passed)

        store = Store(database, now)
        worker = SheetWorker(
            sheet, store, Metrics(), now, Settings().guards,
            seconds=lambda: sheet.passed, chance=sheet.chance.random,
        )  # fmt: skip
        handle, answer = UpdateHandler(store, worker.wake), ConfigResponder(store, worker.read_at)
        last: dict[str, RowStatus] = {}
        ages: list[timedelta] = []
        while sheet.passed < HOUR + 180:
            if sheet.passed % 20 == 0 and 30 < sheet.passed < HOUR:
                symbol, action = sheet.chance.choice(ROWS), sheet.chance.choice(list(Action))
                closes = action is Action.CLOSE
                last[symbol] = RowStatus.WAITING if closes else RowStatus.FILLED
                await handle(
                    a_signal_ended(
                        symbol=symbol, timeframe="5 Min", action=action, ending=Ending.FILLED,
                        correlation_id=uuid4(), occurred_at=now(),
                    )
                )  # fmt: skip
            if sheet.passed % 300 == 0 and sheet.passed:
                await handle(a_performance_updated(occurred_at=now()))
                config = await answer(a_config_request())
                ages.append(now() - (config.read_at or NOON))
            await worker.turn()
            sheet.passed += STEP

        assert sheet.most_in_a_minute("read") <= 60
        assert sheet.most_in_a_minute("write") <= 60
        assert {symbol: sheet.shown(symbol, "Order Status") for symbol in last} == last
        assert sheet.performance[1][0] == "AAPL"
        assert (await store.kept()).unannounced() == []
        assert worker.problem() is None
        assert max(ages) < timedelta(hours=4)  # executor's CONFIG_MAX_AGE: entries went on


def test_the_refusals_do_come_in_the_thick_of_it() -> None:
    """The counting must be able to tell: a loop without a pause would be seen."""
    sheet = Refusing([list(HEADER)])
    sheet.calls["read"] = [float(at) / 2 for at in range(200)]

    assert sheet.most_in_a_minute("read") == 120

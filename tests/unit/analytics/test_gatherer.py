"""What a report is made of: the trades and fills of its days, matched over the whole history."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.exports.tables import COLUMNS, Name, Row, RowsOf
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.period import of_days
from novalgo_analytics.reports.report import Report
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import FillRecorded, Side
from novalgo_common.local_bus import LocalBus
from novalgo_common.store import Database
from tests.builders import a_fill

pytestmark = pytest.mark.anyio

TUESDAY = date(2026, 11, 10)
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


def traded(side: Side, day: date, at: time, price: int) -> FillRecorded:
    return a_fill(
        side=side,
        quantity=Decimal(1),
        price=Decimal(price),
        client_order_id=f"nv-{day}-{at}",
        filled_at=datetime.combine(day, at, NEW_YORK),
    )


async def reported(folder: Path, day: date, *fills: FillRecorded) -> tuple[Report, list[Row]]:
    """Return the day's report, and its table of fills."""
    now = datetime.combine(day + 2 * DAY, time(12), NEW_YORK)
    async with Database.open(Settings(data_dir=folder), "analytics") as database:
        store = Store(database, lambda: now)
        for fill in fills:
            await store.record(fill)
        bus = LocalBus(FileDeadLetters(folder / "dead_letters.jsonl"))
        gatherer = Gatherer(store, Bookkeeper(store), bus, lambda: now, "SPY")
        table = RowsOf(Name.FILLS)
        return await gatherer.report(of_days(1, day), table), table.rows


async def test_a_day_s_report_has_the_trades_that_closed_on_it_and_no_others(
    tmp_path: Path,
) -> None:
    report, fills = await reported(
        tmp_path,
        TUESDAY,
        traded(Side.BUY, TUESDAY - DAY, time(10), 100),
        traded(Side.BUY, TUESDAY - DAY, time(11), 110),
        traded(Side.SELL, TUESDAY - DAY, time(23, 59), 115),
        traded(Side.SELL, TUESDAY, time(0), 120),
        traded(Side.BUY, TUESDAY, time(23, 58), 130),
        traded(Side.SELL, TUESDAY, time(23, 59), 131),
        traded(Side.BUY, TUESDAY + DAY, time(0), 140),
        traded(Side.SELL, TUESDAY + DAY, time(0, 1), 150),
    )

    assert [line.trade.realised for line in report.trades] == [10, 1]
    assert [group.numbers.realised for group in report.by_timeframe] == [11]
    assert [fill[COLUMNS[Name.FILLS].index("price")] for fill in fills] == [120, 130, 131]
    assert report.activity.traded == 120 + 130 + 131

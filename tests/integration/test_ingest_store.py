"""Ingest over restarts, bursts and broken stores: one alert is one signal, and none is lost."""

import asyncio
import csv
import json
from collections import Counter
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from novalgo_common.config_copy import ConfigCopy
from novalgo_common.events import (
    Action,
    ConfigRequested,
    Ending,
    Event,
    Leg,
    OrderStatus,
    PositionsRequested,
    Reason,
    RowStatus,
)
from novalgo_common.migrations import upgrade
from novalgo_common.store import Database
from novalgo_common.store.engines import open_engine
from novalgo_ingest.alert import NOT_UNIQUE
from novalgo_ingest.receipts.store import orders
from novalgo_ingest.store import Store
from tests.builders import (
    NOON,
    SECOND,
    a_config_changed,
    a_config_row,
    a_fill,
    a_performance_written,
    a_position,
    a_positions_report,
    a_signal_decided,
    a_signal_ended,
    a_status_written,
    an_order_ended,
    an_order_submitted,
)
from tests.ingest_service import SetClock, running_ingest
from tests.stores import locked, stored_in
from tests.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("on_both")]


async def test_a_resend_after_a_restart_is_a_duplicate(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        first = await ingest.stored()

    async with running_ingest(tmp_path, clock=SetClock(NOON + 5 * SECOND)) as ingest:
        assert await ingest.stored() == {"status": "duplicate", "signal_id": first["signal_id"]}


async def test_fifty_equal_alerts_at_once_are_one_signal(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        answers = await asyncio.gather(*(ingest.stored() for _ in range(50)))
        await ingest.published(1)

        listed = await ingest.get("/signals")

    assert Counter(answer["status"] for answer in answers) == {"success": 1, "duplicate": 49}
    assert len({answer["signal_id"] for answer in answers}) == 1
    assert len(listed["signals"]) == len(ingest.signals) == 1


async def test_different_alerts_at_once_are_signals_each(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        answers = await asyncio.gather(*(ingest.stored(id=number) for number in range(50)))
        signals = await ingest.published(50)

    assert {answer["status"] for answer in answers} == {"success"}
    assert sorted(signal.sequence for signal in signals) == list(range(1, 51))


async def test_what_was_stored_but_not_published_is_published_after_a_crash(
    tmp_path: Path,
) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.bus.close()
        answers = [await ingest.stored(id=number) for number in range(3)]

    async with running_ingest(tmp_path) as ingest:
        signals = await ingest.published(3)

        assert [str(signal.event_id) for signal in signals] == [
            answer["signal_id"] for answer in answers
        ]
        assert (await ingest.stored(id=0))["status"] == "duplicate"


async def test_a_commit_that_takes_too_long_is_answered_with_503_and_counts_once(
    tmp_path: Path,
) -> None:
    async with running_ingest(tmp_path) as ingest:
        with locked(tmp_path, "ingest", "signals"):
            kept_waiting = await ingest.post()  # longer than TradingView waits

        resent = await ingest.post()

        assert kept_waiting.status_code == 503
        assert resent.json()["status"] == "duplicate"  # of what was stored after the 503
        await ingest.published(1)
        assert len((await ingest.get("/signals"))["signals"]) == 1


async def test_the_config_is_kept_over_a_restart(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.bus.publish(a_config_changed())
        await ingest.configured(1)

    async with running_ingest(tmp_path) as ingest:
        assert await ingest.get("/config") == {"config": {"AAPL 15 Min": 5000}, "total": 1}


async def test_the_config_is_asked_for_until_somebody_answers(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:

        async def answer(_request: Event) -> Event:
            return a_config_changed()

        await ingest.bus.respond(ConfigRequested, answer)

        await ingest.configured(1)


async def test_an_older_config_never_replaces_a_newer_one(tmp_path: Path) -> None:
    settings = stored_in(tmp_path)
    newer = a_config_changed(rows=(a_config_row(), a_config_row(symbol="MSFT")))
    older = a_config_changed(occurred_at=NOON - SECOND, version=9)

    async with Database.open(settings, "ingest") as database:
        config, restarted = (
            ConfigCopy(Store(database, SetClock()), SetClock(), uuid4) for _ in range(2)
        )
        await asyncio.gather(config.take(newer), config.take(older))
        await restarted.load()

    assert config.rows == restarted.rows == newer.rows
    assert config.version == restarted.version == newer.version


async def test_a_receipt_shows_the_way_of_its_signal(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        answer = await ingest.stored(time="2026-11-11T16:59:59Z")
        await ingest.published(1)
        about = {"correlation_id": answer["signal_id"]}
        order = {"client_order_id": answer["order_id"], **about}
        fill = {"quantity": 10, "price": 200, **order}
        events = [
            a_signal_decided(occurred_at=NOON + 1 * SECOND, **about),
            an_order_submitted(occurred_at=NOON + 2 * SECOND, **order),
            a_fill(filled_at=NOON + 3 * SECOND, **fill),
            a_fill(filled_at=NOON + 4 * SECOND, **(fill | {"quantity": 15, "price": 201})),
        ]
        for event in [*events, events[-1]]:  # the last one is delivered twice
            await ingest.bus.publish(event)
        open_receipt = await ingest.get(f"/signals/{answer['signal_id']}")
        await ingest.bus.publish(an_order_ended(**order))
        await ingest.bus.publish(a_signal_ended(**about))
        await ingest.bus.publish(
            a_status_written(occurred_at=NOON + 5 * SECOND, status=RowStatus.FILLED, **about)
        )

        receipt = await ingest.get(f"/signals/{answer['signal_id']}")
        listed = await ingest.get("/signals")

    assert open_receipt["ending"] is None
    assert open_receipt["orders"] == [
        {
            "leg": Leg.OPEN,
            "client_order_id": answer["order_id"],
            "status": OrderStatus.OPEN,
            "filled_qty": 25,
            "filled_avg_price": 200.6,
        }
    ]
    assert (receipt["ending"], receipt["reason"]) == ("filled", None)
    assert (receipt["action"], receipt["symbol"]) == (Action.BUY, "AAPL")
    assert receipt["orders"][0]["status"] == OrderStatus.FILLED
    assert receipt["orders"][0]["filled_avg_price"] == 200
    assert [step["step"] for step in receipt["steps"]] == [
        *("alert", "received", "stored", "published", "decided", "submitted"),
        *("filled", "filled", "written"),
    ]
    assert receipt["steps"][-1]["at"] == "2026-11-11T17:00:05+00:00"
    assert listed["signals"] == [receipt]


async def test_a_declined_signal_shows_its_first_ending_and_why(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        answer = await ingest.stored()
        about = {"correlation_id": answer["signal_id"], "occurred_at": NOON + SECOND}
        declined = {"ending": Ending.DECLINED, "reason": Reason.STALE, "detail": "It is too old."}
        await ingest.bus.publish(a_signal_ended(**declined, **about))
        await ingest.bus.publish(a_signal_ended(ending=Ending.FAILED, **about))

        receipt = await ingest.get(f"/signals/{answer['signal_id']}")

    assert (receipt["ending"], receipt["reason"]) == ("declined", "stale")
    assert receipt["detail"] == "It is too old."
    assert "decided" in [step["step"] for step in receipt["steps"]]


async def test_receipts_are_paged_newest_first(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        ids = [(await ingest.stored(id=number))["signal_id"] for number in range(5)]

        newest = await ingest.get("/signals?limit=2")
        middle = await ingest.get(f"/signals?limit=2&before={newest['before']}")
        oldest = await ingest.get(f"/signals?limit=2&before={middle['before']}")

    pages = [[each["signal_id"] for each in page["signals"]] for page in (newest, middle, oldest)]
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert oldest["before"] is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("symbol=MSFT", [1], id="a symbol"),
        pytest.param("symbol=NASDAQ:AAPL&timeframe=15m", [2, 0], id="a book, as a chart says it"),
        pytest.param("action=sell", [2], id="an action"),
        pytest.param("ending=declined", [0], id="an ending"),
        pytest.param("ending=none", [2, 1], id="those under way"),
        pytest.param("since=2026-11-11T17:00:01Z", [2, 1], id="from a time on"),
        pytest.param("until=2026-11-11T17:00:01Z", [0], id="before a time"),
        pytest.param("symbol=AAPL&limit=1", [2], id="a page of some"),
    ],
)
async def test_receipts_are_searched(tmp_path: Path, search: str, found: list[int]) -> None:
    async with running_ingest(tmp_path) as ingest:
        ids = []
        for changes in ({}, {"symbol": "MSFT"}, {"action": "SELL"}):
            ids.append((await ingest.stored(**changes))["signal_id"])
            ingest.clock.advance(SECOND)
        await ingest.bus.publish(a_signal_ended(ending=Ending.DECLINED, correlation_id=ids[0]))

        page = await ingest.get(f"/signals?{search}")

    assert [each["signal_id"] for each in page["signals"]] == [ids[number] for number in found]


async def test_a_receipt_tells_where_the_alert_came_from(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        await ingest.stored(
            price="190.5", comment="=1+1", symbol="NASDAQ:AAPL", pin="made-up", strategy="Breakout"
        )

        [receipt] = (await ingest.get("/signals"))["signals"]
        headers = {"X-API-Key": "made-up-key"}
        exported = await ingest.client.get("/signals?format=csv&limit=1", headers=headers)

    told = (receipt["channel"], receipt["address"], receipt["secret"], receipt["price"])
    assert told == ("webhook", "127.0.0.1", "setting 1", 190.5)
    assert json.loads(receipt["message"]) == {
        "action": "BUY",
        "symbol": "NASDAQ:AAPL",
        "timeframe": "15 Min",
        "price": "190.5",
        "comment": "=1+1",
        "pin": "[redacted]",
        "strategy": "Breakout",
    }
    assert receipt["warning"] == NOT_UNIQUE
    assert exported.headers["content-type"].startswith("text/csv")
    assert exported.headers["x-before"] == "1"
    [line] = csv.DictReader(StringIO(exported.text))
    assert (line["symbol"], line["price"], line["comment"]) == ("AAPL", "190.5", "'=1+1")
    assert line["received"] == NOON.isoformat()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/signals?limit=0", 400, id="no limit"),
        pytest.param("/signals?ending=maybe", 400, id="an unknown ending"),
        pytest.param("/signals?since=noon", 400, id="a word for a time"),
        pytest.param("/signals?colour=red", 400, id="an unknown condition"),
        pytest.param("/signals?symbol=AAPL&symbol=MSFT", 400, id="a condition twice"),
        pytest.param("/signals?format=xml", 400, id="an unknown form"),
        pytest.param("/signals?limit=many", 400, id="a word for a limit"),
        pytest.param("/signals?before=x", 400, id="a word for a place"),
        pytest.param("/signals/none", 400, id="no id"),
        pytest.param("/signals/5e1f0c52-0000-4000-8000-000000000001", 404, id="an unknown id"),
    ],
)
async def test_a_wrong_question_is_told_so(tmp_path: Path, path: str, status: int) -> None:
    async with running_ingest(tmp_path) as ingest:
        response = await ingest.client.get(path, headers={"X-API-Key": "made-up-key"})
        keyless = await ingest.client.get(path)

    assert (response.status_code, keyless.status_code) == (status, 401)


async def test_positions_are_executors_own_answer(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        away = await ingest.client.get("/positions", headers={"X-API-Key": "made-up-key"})

        async def answer(_request: Event) -> Event:
            short = a_position(symbol="MSFT", quantity=-3, market_value=-900)
            return a_positions_report(positions=(a_position(), short))

        await ingest.bus.respond(PositionsRequested, answer)
        held = await ingest.get("/positions")

    assert away.status_code == 503
    assert held["total"] == 2
    assert held["positions"] == [
        {
            "symbol": "AAPL",
            "qty": 25,
            "side": "long",
            "market_value": 5025,
            "unrealized_pl": 25,
        },
        {
            "symbol": "MSFT",
            "qty": 3,
            "side": "short",
            "market_value": -900,
            "unrealized_pl": 25,
        },
    ]


async def test_performance_is_answered_once_the_tab_is_written(tmp_path: Path) -> None:
    async with running_ingest(tmp_path) as ingest:
        asking = asyncio.create_task(ingest.get("/performance"))
        await until(lambda: bool(ingest.requests))
        assert not asking.done()

        await ingest.bus.publish(a_performance_written(correlation_id=ingest.requests[0].event_id))

        assert await asking == {"status": "Performance updated"}


def test_the_migrations_make_the_tables_that_the_store_uses(tmp_path: Path) -> None:
    settings = stored_in(tmp_path)

    with open_engine(settings, "ingest") as engine:
        upgrade(engine, "novalgo_ingest")

        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, orders.metadata) == []

"""The five processes under a minute of trouble: `make chaos` is the long version."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.outages import outages
from tests.chaos.run import Order, run
from tests.chaos.schedule import Amounts, Planned, schedule
from tests.chaos.troubles import Kill, SlowDisk, StopBroker
from tests.rabbitmq import Broker, PrivateNode, private_node

pytestmark = pytest.mark.anyio

SHORT = Amounts(
    kills=6,
    simulator_kills=1,
    broker_kills=1,
    broker_freezes=0,
    freezes=1,
    cuts=3,
    black_holes=1,
    slow_links=1,
    full_disks=1,
    locked_stores=1,
    faults=3,
)


@pytest.fixture
def node(broker: Broker) -> Iterator[PrivateNode]:
    if broker.node is None:
        pytest.skip("the broker is not ours to kill")
    with private_node() as node:
        yield node


@pytest.mark.timeout(480)
async def test_a_minute_of_trouble_loses_and_doubles_nothing(
    node: PrivateNode, tmp_path: Path
) -> None:
    away = (Planned(15.0, StopBroker(8.0)), Planned(30.0, SlowDisk(5.0, each=1.0)))
    planned = sorted((*schedule(11, 45, SHORT), *away), key=lambda each: each.at)
    order = Order(seed=11, seconds=45, alerts=250, planned=planned)

    report = await run(order, tmp_path, node, lambda _at, _what: None)

    broken = [(check.promise, *check.wrong) for check in report.checks if not check.holds]
    assert not broken, broken
    assert report.troubles["kill -9 of RabbitMQ"] == report.troubles["RabbitMQ away"] == 1
    assert len(report.evidence.receipts) > 100


def test_a_seed_stands_for_one_schedule() -> None:
    amounts = Amounts.for_minutes(10)

    assert schedule(3, 600, amounts) == schedule(3, 600, amounts)
    assert schedule(3, 600, amounts) != schedule(4, 600, amounts)


def test_ten_minutes_have_a_hundred_kills_and_no_kind_is_left_out() -> None:
    planned = schedule(1, 600, Amounts.for_minutes(10))

    kills = [each for each in planned if isinstance(each.trouble, Kill)]
    kinds = {type(each.trouble) for each in planned}
    without_kills = schedule(1, 600, replace(Amounts.for_minutes(10), kills=0, simulator_kills=0))
    assert len(kills) >= 100
    assert kinds == {Kill, *(type(each.trouble) for each in without_kills)}
    assert len(kinds) == 10


def test_the_stores_troubles_come_while_the_broker_is_away_and_after_it() -> None:
    broker, locked, *own = outages(600)

    assert broker.trouble == StopBroker(600)
    assert broker.at < locked.at < broker.at + 600
    assert broker.at + 600 < own[0].at
    assert {type(each.trouble).__name__ for each in own} == {"LockStore", "FillDisk", "SlowDisk"}

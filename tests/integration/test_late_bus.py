import asyncio

import pytest

from novalgo_common.errors import PublishError, SettingsError, UnavailableError
from novalgo_common.rabbitmq.late import LateBus
from novalgo_common.topology import EXECUTOR_SIGNALS
from tests.builders import a_positions_request, a_signal
from tests.listening import Listener
from tests.rabbitmq import private_node
from tests.waiting import until

pytestmark = pytest.mark.anyio


async def test_a_service_that_starts_before_rabbitmq_joins_it_later() -> None:
    signal, listener = a_signal(), Listener()
    with private_node() as node:
        await asyncio.to_thread(node.kill)
        async with LateBus.open(node.url, service="executor") as bus:
            await bus.subscribe(EXECUTOR_SIGNALS, listener)
            with pytest.raises(PublishError):
                await bus.publish(signal)
            with pytest.raises(UnavailableError):
                await bus.request(a_positions_request(), within=1)
            assert bus.problems()

            await asyncio.to_thread(node.restart)
            await until(lambda: not bus.problems(), seconds=60)
            await bus.publish(signal)
            await until(lambda: listener.handled == [signal])


async def test_a_refusal_at_the_start_stops_it(amqp_url: str) -> None:
    wrong = amqp_url.rsplit("/", 1)[0] + "/no-such-vhost"

    with pytest.raises(SettingsError, match="vhost"):
        async with LateBus.open(wrong, service="executor"):
            pass

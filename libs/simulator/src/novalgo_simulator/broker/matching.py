"""The market's heartbeat: works the orders as they come due."""

import asyncio

from novalgo_simulator.broker.venue import Venue


async def match_orders(venue: Venue, *, step_seconds: float) -> None:
    """Work each order when it is due, and the resting ones at every step.  Never returns."""
    clock = asyncio.get_running_loop().time
    next_step = clock()
    while True:
        await venue.agenda.wait(step_seconds)
        for order_id in venue.agenda.take_due():
            venue.work(order_id)
            await asyncio.sleep(0)  # a burst of orders must not keep the loop from the others
        if clock() >= next_step:
            next_step = clock() + step_seconds
            for order_id in venue.resting():
                venue.work(order_id)
